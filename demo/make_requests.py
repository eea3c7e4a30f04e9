"""What the demo's own people ask of others: a unit of a pool, an approval, a time that is taken."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from booking.facts import BookingRequest
from booking.models import Policy, Reservation, WaitlistEntry
from booking.queries.first_free import first_free_unit
from booking.services.allocation import reserve_unit
from booking.services.placing import Claim
from booking.services.refusing import BookingRefused
from booking.services.waitlist import join
from booking.states import ReservationState
from demo.make_bookings import book_first_free
from machines.models import Machine, Pool
from members.models import Company, Member
from members.permissions import audience_of
from members.states import Audience
from spaces.intervals import DAY, Interval

HOUR = timedelta(hours=1)
PLACES_LOOKED_AT = 20


def book_any_unit(pool: Pool, *, member: Member, now: datetime) -> None:
    """Reserve whichever unit of `pool` is free first for two hours."""
    free = first_free_unit(pool, audience=Audience.MAKER, now=now + DAY, length=2 * HOUR)
    if free is not None:
        claim = Claim(member=member, by=member, purpose="Hinges, a set of eight")
        _reserve(pool, claim, free, now=now)


def ask_for_approval(machine: Machine, *, member: Member, now: datetime) -> None:
    """Let staff approve what is reserved on `machine`, and have something to decide."""
    Policy.objects.create(space=machine.space, machine=machine, approval_needed=True)
    book_first_free(
        machine,
        member=member,
        after=now + 3 * DAY,
        length=3 * HOUR,
        purpose="Shaft for a wind turbine, steel",
        now=now,
    )


def wait_for_taken(machines: Iterable[Machine], *, member: Member, now: datetime) -> None:
    """Wait for the first time that somebody else has on one of `machines` and that allows it."""
    taken = Reservation.objects.filter(
        machine__in=machines, state=ReservationState.CONFIRMED, starts_at__gt=now + DAY
    ).exclude(member=member)
    for row in taken.select_related("machine__space").order_by("starts_at")[:PLACES_LOOKED_AT]:
        wish = WaitlistEntry(
            member=member,
            space=row.machine.space,
            machine=row.machine,
            earliest_at=row.starts_at,
            latest_at=row.ends_at,
            duration=row.span.duration,
            notice=3 * HOUR,
            purpose="Sign for the market",
        )
        try:
            join(wish, now=now)
        except BookingRefused:
            continue
        return


def book_in_confidence(
    pool: Pool, *, company: Company, holder: Member, by: Member, now: datetime
) -> None:
    """Reserve a unit for a colleague, of which nobody outside the company is to read."""
    audience = audience_of(member=holder, company=company, space=pool.space)
    free = first_free_unit(pool, audience=audience, now=now + 2 * DAY, length=HOUR)
    if free is not None:
        claim = Claim(
            member=holder,
            by=by,
            company=company,
            purpose="Housing, revision C",
            is_confidential=True,
        )
        _reserve(pool, claim, free, now=now)


def _reserve(pool: Pool, claim: Claim, free: Interval, *, now: datetime) -> None:
    """Reserve a unit, unless the rules of the day say no."""
    request = BookingRequest(starts_at=free.start, ends_at=free.end)
    with suppress(BookingRefused):
        reserve_unit(pool=pool, claim=claim, request=request, now=now)
