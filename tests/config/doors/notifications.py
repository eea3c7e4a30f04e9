"""Who may open which page of notifications."""

from tests.config.doors.door import HIDDEN, LOGIN, Door, hidden, nothing, of_endpoint, personal

DOORS = {
    "notifications:channels": personal(nothing),
    # Adds to nobody's channels but one's own.
    "notifications:channel_add": Door(
        lambda _world: ["webhook"], LOGIN, 422, 422, post=True, leads_to_form=True
    ),
    "notifications:channel_change": Door(
        of_endpoint, LOGIN, HIDDEN, HIDDEN, post=True, leads_to_form=True
    ),
    "notifications:channel_test": hidden(of_endpoint, post=True),
    "notifications:channel_switch_on": hidden(of_endpoint, post=True),
    "notifications:channel_remove": hidden(of_endpoint, post=True),
}
