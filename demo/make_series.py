"""What comes again every week: a course of the staff, and a confidential slot of the company."""

from datetime import datetime, timedelta

from booking.queries.first_free import first_free
from booking.recurring import Pattern
from booking.services.placing import Claim
from booking.services.refusing import BookingRefused
from booking.services.series import reserve_series
from booking.states import Frequency, OnConflict
from machines.models import Machine
from members.permissions import audience_of
from spaces.intervals import wall_time

TWO_HOURS = timedelta(hours=2)


def repeat_weekly(
    category: str, *, at: str, claim: Claim, after: datetime, count: int | None, now: datetime
) -> None:
    """Reserve the first free two hours of a machine from `after` on, and again every week.

    What is taken is left out. Without a `count` it goes on without an end.
    """
    machines = Machine.objects.filter(space__slug=at, category__slug=category)
    for machine in machines.select_related("space", "category", "pool").order_by("pk"):
        zone = machine.space.zone
        audience = audience_of(member=claim.member, company=claim.company, space=machine.space)
        free = first_free(machine, after=after, now=now, length=TWO_HOURS, audience=audience)
        if free is None:
            continue
        try:
            reserve_series(
                claim,
                target=machine,
                pattern=Pattern(frequency=Frequency.WEEKLY, count=count),
                start=wall_time(free.start, zone),
                end=wall_time(free.end, zone),
                on_conflict=OnConflict.SKIP,
                now=now,
            )
        except BookingRefused:
            continue
        return
