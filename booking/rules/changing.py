"""Whether what is reserved may still be changed, and by whom."""

from datetime import datetime

from django.utils.translation import gettext as _

from booking.facts import Refusal, Terms
from booking.states import RefusalCode


def cancellation_is_free(starts_at: datetime, now: datetime, terms: Terms) -> bool:
    """Whether a member may still cancel or move: the window's edge is included (RULES, C4)."""
    return now < starts_at and starts_at - now >= terms.cancellation_window


def too_late_to_change() -> Refusal:
    """The refusal of a cancellation or move inside the window."""
    return Refusal(
        code=RefusalCode.CANCELLATION_TOO_LATE,
        message=_("It is too late to change this reservation. Ask the staff of the space."),
    )


def not_allowed(message: str) -> Refusal:
    """The refusal of something that this person may not do, or not any more."""
    return Refusal(code=RefusalCode.NOT_ALLOWED, message=message)
