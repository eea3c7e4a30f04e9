"""Use that is written down afterwards; when it may be is in the acceptance cases."""

from datetime import UTC, datetime, timedelta

import pytest

from booking.services.entering import enter_session
from booking.services.refusing import BookingRefused
from booking.states import SessionSource
from machines.models import DirtyDay
from members.models import Member
from spaces.intervals import Interval
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory, RoleFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 6, 18, tzinfo=UTC)
HOUR = timedelta(hours=1)
SPAN = Interval(NOW - 4 * HOUR, NOW - 2 * HOUR)


def test_it_is_told_as_the_words_of_the_staff_and_counted() -> None:
    machine, member = MachineFactory(), MemberFactory()
    staff = RoleFactory(space=machine.space).member
    session = enter_session(machine=machine, member=member, span=SPAN, by=staff, now=NOW)
    assert (session.member, session.source) == (member, SessionSource.STAFF)
    assert (session.started_at, session.ended_at) == (SPAN.start, SPAN.end)
    assert DirtyDay.objects.filter(machine=machine, date=SPAN.start.date()).exists()


@pytest.mark.parametrize("who", ["the member", "staff of another space"])
def test_nobody_else_writes_it_down(who: str) -> None:
    machine, member = MachineFactory(), MemberFactory()
    by: Member = member if who == "the member" else RoleFactory().member
    with pytest.raises(BookingRefused, match="NOT_ALLOWED"):
        enter_session(machine=machine, member=member, span=SPAN, by=by, now=NOW)
