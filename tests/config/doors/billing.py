"""Who may open which page of billing."""

from tests.config.doors.door import of_machine, of_space, staff

DOORS = {
    "billing:prices": staff(of_machine),
    "billing:inventory_import": staff(of_space, post=True),
    "billing:inventory_export": staff(of_space),
}
