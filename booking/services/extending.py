"""A use that goes on for longer: what a tablet does for who has no form to fill in."""

from datetime import datetime

from django.utils.translation import gettext as _

from booking.facts import BookingRequest
from booking.models import Reservation, UsageSession
from booking.queries.prolonging import next_end
from booking.rules import not_allowed
from booking.services.attendance import CheckInRefused, stay_longer
from booking.services.changing import PARTS
from booking.services.reservations import move
from members.models import Member


def extend(*, session: UsageSession, by: Member, now: datetime) -> UsageSession:
    """Let `session` last as much longer as a walk-in may, or as is free; by all rules.

    Raises BookingRefused, and TimeTaken where somebody else has the machine then.
    """
    if session.reservation_id is None:
        return stay_longer(session=session, by=by, now=now)
    held = Reservation.objects.select_related(*PARTS).get(pk=session.reservation_id)
    end = next_end(held, by=by, now=now)
    if end is None:
        told = _("It cannot last longer: somebody else comes next, it closes, or the rules end it.")
        raise CheckInRefused([not_allowed(told)])
    request = BookingRequest(starts_at=held.starts_at, ends_at=end)
    move(reservation=held, request=request, by=by, now=now)
    session.refresh_from_db()
    return session
