"""Which message follows which event.

Services call these inside their transaction, after saving the row and raising its `sequence`.
"""

from booking.notices.displacements import (
    displaced,
    displaced_cancelled,
    displaced_expired,
    displacement_accepted,
)
from booking.notices.exchanges import (
    exchange_declined,
    exchange_proposed,
    exchange_settled,
)
from booking.notices.guarantees import (
    guarantee_settled,
    guarantee_waits,
)
from booking.notices.kinds import (
    APPROVED,
    CALENDAR_NEWS,
    CANCELLED,
    CONFIRMED,
    DENIED,
    DISPLACED_CANCELLED,
    DISPLACED_EXPIRED,
    DISPLACED_MOVED,
    DISPLACED_PROPOSED,
    EXCHANGE,
    EXCHANGE_DECLINED,
    EXPIRED,
    HANDED_OVER,
    MOVED,
    NEWS,
    NO_SHOW,
    OF_DISPLACEMENT,
    REMINDER,
    REQUESTED,
    RESTORED,
    TO_DECIDE,
)
from booking.notices.offers import (
    offer_expired,
    offer_made,
    offer_settled,
    offer_taken_back,
)
from booking.notices.reminders import (
    keep_reminder,
    reminder_key,
)
from booking.notices.requests import (
    request_approved,
    request_denied,
    request_expired,
)
from booking.notices.reservations import (
    no_show_recorded,
    reservation_cancelled,
    reservation_confirmed,
    reservation_handed_over,
    reservation_moved,
    reservation_restored,
)
from booking.notices.telling import (
    calendar_text,
)

__all__ = [
    "APPROVED",
    "CALENDAR_NEWS",
    "CANCELLED",
    "CONFIRMED",
    "DENIED",
    "DISPLACED_CANCELLED",
    "DISPLACED_EXPIRED",
    "DISPLACED_MOVED",
    "DISPLACED_PROPOSED",
    "EXCHANGE",
    "EXCHANGE_DECLINED",
    "EXPIRED",
    "HANDED_OVER",
    "MOVED",
    "NEWS",
    "NO_SHOW",
    "OF_DISPLACEMENT",
    "REMINDER",
    "REQUESTED",
    "RESTORED",
    "TO_DECIDE",
    "calendar_text",
    "displaced",
    "displaced_cancelled",
    "displaced_expired",
    "displacement_accepted",
    "exchange_declined",
    "exchange_proposed",
    "exchange_settled",
    "guarantee_settled",
    "guarantee_waits",
    "keep_reminder",
    "no_show_recorded",
    "offer_expired",
    "offer_made",
    "offer_settled",
    "offer_taken_back",
    "reminder_key",
    "request_approved",
    "request_denied",
    "request_expired",
    "reservation_cancelled",
    "reservation_confirmed",
    "reservation_handed_over",
    "reservation_moved",
    "reservation_restored",
]
