"""Who may open which page of config."""

from tests.config.doors.door import Door, nothing, public

DOORS = {
    # Leads to the icon.
    "favicon": Door(nothing, 302, 302, 302),
    # Says to anybody whether all is well; without a worker, as here, it is not.
    "health": Door(nothing, 503, 503, 503),
    "offline": public(nothing),
    "service_worker": public(nothing),
}
