"""Who may open which page of reports; what each scope shows to whom is in tests/reports."""

from tests.config.doors.door import (
    FORBIDDEN,
    LOGIN,
    OPEN,
    Door,
    hidden,
    nothing,
    of_space,
    public,
    staff,
)

DOORS = {
    # Without a scope: one's own space, if there is one.
    "reports:utilisation": Door(nothing, LOGIN, FORBIDDEN, OPEN),
    "reports:space_utilisation": staff(of_space),
    "reports:sessions": hidden(nothing),
    "reports:metrics": public(nothing),
}
