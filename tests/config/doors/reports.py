"""Who may open which page of reports."""

from tests.config.doors.door import nothing, of_space, public, staff

DOORS = {
    "reports:utilisation": staff(of_space),
    "reports:export": staff(of_space),
    "reports:chart": staff(lambda w: [w.space.slug, "machines", "wide", "light"]),
    "reports:metrics": public(nothing),
}
