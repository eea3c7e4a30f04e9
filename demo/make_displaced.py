"""A machine that is taken out of use for the rest of a day for which people had reserved it."""

from datetime import datetime

from booking.models import Reservation
from booking.queries.displacing import Displaced, value_of
from booking.services.displacing import plan_ahead
from booking.services.refusing import TimeTaken
from booking.services.taking import block_taking, take_out
from booking.states import ReservationState, WayOut
from members.models import Member
from spaces.intervals import DAY, Interval, local_day

REASON = "A worn part is replaced"
"""It suits whatever machine that turns out to be."""
ASKED = (WayOut.LATER, WayOut.ELSEWHERE)


def take_the_rest_of_a_day(*, of: Member, at: str, by: Member, now: datetime) -> None:
    """Block the machine that `of` reserved in a space from then on: all are asked what suits."""
    row = (
        Reservation.objects.filter(
            member=of,
            machine__space__slug=at,
            state=ReservationState.CONFIRMED,
            starts_at__gt=now + DAY,
        )
        .select_related("machine__space")
        .order_by("starts_at")
        .last()
    )
    if row is None:
        return
    zone = row.machine.space.zone
    day = local_day(row.starts_at.astimezone(zone).date(), zone)
    rest = Interval(row.occupied_from, max(day.end, row.ends_at))
    plan = plan_ahead(block_taking(row.machine, rest), now=now)
    try:
        take_out(
            machine=row.machine,
            span=rest,
            purpose=REASON,
            choices={case.key: _asked(case) for case in plan.cases},
            by=by,
            now=now,
        )
    except TimeTaken:
        # Planned upkeep has a part of that day already.
        return


def _asked(case: Displaced) -> str:
    """The name of the first option about which the holder decides, else of the best."""
    found = next((option for option in case.options if option.way in ASKED), case.best)
    return value_of(found)
