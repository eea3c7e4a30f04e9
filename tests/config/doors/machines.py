"""Who may open which page of machines."""

from tests.config.doors.door import HIDDEN, Door, of_machine, of_space, public, staff

DOORS = {
    "machines:photo": Door(of_machine, HIDDEN, HIDDEN, HIDDEN),
    "machines:document": public(lambda w: [w.document]),
    "machines:inventory": staff(of_space),
    "machines:hours": staff(of_space, post=True),
    "machines:machine_hours": staff(of_machine, post=True),
}
