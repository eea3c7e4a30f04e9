"""The reservations to come of the people who can sign in, made as they would make them."""

from datetime import datetime, timedelta

from booking.facts import BookingRequest
from booking.queries.first_free import first_free
from booking.services.reservations import BookingRefused, reserve
from machines.models import Machine
from members.models import Company, Member
from members.permissions import audience_of

HOUR = timedelta(hours=1)


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
