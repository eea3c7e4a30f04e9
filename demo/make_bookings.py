"""The reservations to come of the people who can sign in, made as they would make them."""

from datetime import datetime, timedelta

from booking.queries.availability import machine_times
from booking.queries.terms import terms_of_many
from booking.rules import BookingRequest
from booking.services.reservations import BookingRefused, reserve
from machines.models import Machine
from members.models import Company, Member
from spaces.intervals import Interval

HOUR = timedelta(hours=1)
HALF_HOUR = timedelta(minutes=30)


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
    window = Interval(after, after + timedelta(days=6))
    terms = terms_of_many([machine])
    for gap in machine_times([machine], window, now=now, terms=terms)[machine.pk].free:
        start = _next_half_hour(max(gap.start, after))
        if start + length > gap.end:
            continue
        try:
            reserve(
                machine=machine,
                member=member,
                request=BookingRequest(starts_at=start, ends_at=start + length),
                by=member,
                now=now,
                purpose=purpose,
                company=company,
            )
        except BookingRefused:
            continue
        return True
    return False


def _next_half_hour(moment: datetime) -> datetime:
    past = timedelta(
        minutes=moment.minute % 30, seconds=moment.second, microseconds=moment.microsecond
    )
    return moment - past + HALF_HOUR if past else moment
