"""The reservations to come of the people who can sign in, made as they would make them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from booking.facts import BookingRequest
from booking.queries.common_time import common_slots
from booking.queries.exchanges import exchangeable, times_of_others
from booking.queries.first_free import first_free
from booking.services.carts import reserve_together
from booking.services.exchanges import Proposal, propose
from booking.services.placing import Claim
from booking.services.reservations import BookingRefused, reserve
from machines.models import Machine
from members.models import Company, Member
from members.permissions import audience_of
from spaces.intervals import DAY, Interval

HOUR = timedelta(hours=1)


def book_together(
    machines: Sequence[Machine], *, member: Member, after: datetime, purpose: str, now: datetime
) -> None:
    """Reserve all of `machines` for the first two hours at which they are free, if there are."""
    for free in common_slots(
        machines,
        length=2 * HOUR,
        window=Interval(after, after + 7 * DAY),
        audience=audience_of(member=member, company=None, space=machines[0].space),
        now=now,
        limit=1,
    ):
        reserve_together(
            machines=machines,
            claim=Claim(member=member, by=member, purpose=purpose),
            request=BookingRequest(starts_at=free.start, ends_at=free.end),
            now=now,
        )


def ask_for_an_exchange(member: Member, *, now: datetime) -> None:
    """Let somebody else ask for a time that `member` has, in return for one of their own."""
    for mine in exchangeable(now).filter(member=member).select_related("machine__space"):
        theirs = times_of_others(mine, now=now).filter(company=None).first()
        if theirs is not None and theirs.member is not None:
            note = "I would need your time for a class. Would mine do for you?"
            propose(
                Proposal(reservation=theirs, in_return=mine, by=theirs.member, note=note), now=now
            )
            return


def book_first_free(
    machine: Machine,
    *,
    member: Member,
    after: datetime,
    length: timedelta,
    purpose: str,
    now: datetime,
    company: Company | None = None,
) -> bool:
    """Reserve the first free `length` of `machine` that begins after `after`, if there is one."""
    audience = audience_of(member=member, company=company, space=machine.space)
    free = first_free(machine, after=after, now=now, length=length, audience=audience)
    if free is None:
        return False
    try:
        reserve(
            machine=machine,
            member=member,
            request=BookingRequest(starts_at=free.start, ends_at=free.end),
            by=member,
            now=now,
            purpose=purpose,
            company=company,
        )
    except BookingRefused:
        return False
    return True
