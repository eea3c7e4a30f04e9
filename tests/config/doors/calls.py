"""Who may make which call of the API."""

from collections.abc import Callable

from tests.config.doors.door import FORBIDDEN, HIDDEN, OPEN, TURNED_AWAY, World

IDS: dict[str, Callable[[World], int]] = {
    "machines": lambda world: world.machine.pk,
    "pools": lambda world: world.pool.pk,
    "offers": lambda world: world.offer.pk,
    "waitlist": lambda world: world.wish.pk,
    "exchanges": lambda world: world.exchange.pk,
    "reservations": lambda world: world.reservation.pk,
    "series": lambda world: world.series.pk,
    "usage-sessions": lambda world: world.session.pk,
}
"""Whose number stands in an address that begins so."""

ASKED = {"reports/utilisation": "?scope=space:{slug}"}
"""What is asked beside the address, where without it everybody may know the answer."""

CALLS = {
    "get spaces": (OPEN, OPEN),
    "get spaces/{slug}": (OPEN, OPEN),
    "get spaces/{slug}/opening": (OPEN, OPEN),
    "get spaces/{slug}/consumables": (OPEN, OPEN),
    "get machines": (OPEN, OPEN),
    "get machines/{id}": (OPEN, OPEN),
    "get slots": (422, 422),
    "get machines/{id}/availability": (OPEN, OPEN),
    "get inductions": (OPEN, OPEN),
    "get open-data/{name}.{form}": (OPEN, OPEN),
    # Of a space that does not publish.
    "get open-data/{slug}/{name}.{form}": (HIDDEN, HIDDEN),
    "get pools": (OPEN, OPEN),
    "get pools/{id}": (OPEN, OPEN),
    "get pools/{id}/availability": (OPEN, OPEN),
    "get waitlist": (TURNED_AWAY, OPEN),
    "post waitlist": (TURNED_AWAY, 422),
    "delete waitlist/{id}": (TURNED_AWAY, HIDDEN),
    "get offers/{id}": (TURNED_AWAY, HIDDEN),
    "post offers/{id}/accept": (TURNED_AWAY, HIDDEN),
    "post offers/{id}/decline": (TURNED_AWAY, HIDDEN),
    "post reservations/check": (TURNED_AWAY, 422),
    "post reservations": (TURNED_AWAY, 422),
    "post series/check": (TURNED_AWAY, 422),
    "post series": (TURNED_AWAY, 422),
    "get series/{id}": (TURNED_AWAY, HIDDEN),
    "post series/{id}/cancel": (TURNED_AWAY, HIDDEN),
    "post carts/check": (TURNED_AWAY, 422),
    "post carts": (TURNED_AWAY, 422),
    "post reservations/{id}/exchange": (TURNED_AWAY, HIDDEN),
    "get exchanges/{id}": (TURNED_AWAY, HIDDEN),
    "post exchanges/{id}/accept": (TURNED_AWAY, HIDDEN),
    "post exchanges/{id}/decline": (TURNED_AWAY, HIDDEN),
    "post exchanges/{id}/withdraw": (TURNED_AWAY, HIDDEN),
    # Whoever signs in or brings a token of a person is no device.
    "post usage-events": (TURNED_AWAY, TURNED_AWAY),
    "get incidents": (TURNED_AWAY, OPEN),
    "post incidents": (TURNED_AWAY, 422),
    # Whoever has the address reads it, and nobody else: here nobody has it.
    "get calendars/{token}.ics": (HIDDEN, HIDDEN),
    "get reports/utilisation": (TURNED_AWAY, FORBIDDEN),
    "get usage-sessions": (TURNED_AWAY, OPEN),
    "get usage-sessions/{id}": (TURNED_AWAY, HIDDEN),
    "post usage-sessions": (TURNED_AWAY, 422),
    "patch usage-sessions/{id}": (TURNED_AWAY, 422),
    "get reservations": (TURNED_AWAY, OPEN),
    "get reservations/{id}": (TURNED_AWAY, HIDDEN),
    "patch reservations/{id}": (TURNED_AWAY, HIDDEN),
    "post reservations/{id}/cancel": (TURNED_AWAY, HIDDEN),
    "post reservations/{id}/restore": (TURNED_AWAY, HIDDEN),
    "post reservations/{id}/approve": (TURNED_AWAY, HIDDEN),
    "post reservations/{id}/deny": (TURNED_AWAY, 422),
    "post reservations/{id}/check-in": (TURNED_AWAY, HIDDEN),
    "post reservations/{id}/check-out": (TURNED_AWAY, HIDDEN),
}
"""What a visitor and what a stranger or the staff of another space are answered."""
