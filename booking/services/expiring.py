"""Time that nobody decided on until it was due: it is given back, by the job or by who needs it."""

from collections.abc import Collection
from datetime import datetime

from booking import notices
from booking.models import Reservation
from booking.services.changing import PARTS, spare_company, touch_days
from booking.states import UNDECIDED, ReservationState


def expire(pks: Collection[int], *, now: datetime) -> int:
    """Write that nobody decided on these rows in time; how many it still had to be written of.

    Their machines are locked by the caller.
    """
    if not pks:
        return 0
    rows = list(
        Reservation.objects.select_for_update(of=("self",))
        .select_related(*PARTS)
        .filter(pk__in=pks, state__in=UNDECIDED, expires_at__lte=now)
    )
    for row in rows:
        was_request = row.state == ReservationState.PENDING
        row.state = ReservationState.EXPIRED
        row.save(update_fields=["state"])
        spare_company(row, by=None, now=now)
        touch_days(row.machine, row.occupied_from, row.occupied_until)
        if row.guarantee_id is not None:
            notices.guarantee_settled(row)
        if was_request:
            notices.request_expired(row, now=now)
    return len(rows)
