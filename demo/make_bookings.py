"""The reservations to come of the people who can sign in, made as they would make them."""

from datetime import datetime, timedelta

from booking.queries.first_free import first_free
from booking.rules import BookingRequest
from booking.services.reservations import BookingRefused, reserve
from machines.models import Machine
from members.models import Company, Member

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
    free = first_free(machine, after=after, now=now, length=length)
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
