"""Use that is written down afterwards; when it may be is in the acceptance cases."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from booking.models import UsageSession
from booking.services.entering import enter_session
from booking.services.refusing import BookingRefused
from booking.states import SessionSource
from machines.models import DirtyDay
from members.models import Member
from spaces.intervals import Interval
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory, MembershipFactory, RoleFactory

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


def test_staff_writes_it_down_on_a_page(client: Client) -> None:
    machine = MachineFactory(name="Laser", space__timezone="UTC")
    staff = RoleFactory(space=machine.space).member
    member = MembershipFactory(space=machine.space).member
    client.force_login(staff)
    address = f"/spaces/{machine.space.slug}/use/new/"
    assert f'href="{address}"' in client.get(f"/spaces/{machine.space.slug}/use/").text
    day = {"start_date": "2026-05-06", "end_date": "2026-05-06", "machine": machine.pk}
    told = day | {"start": "10:00", "end": "12:00", "who": "other", "email": member.email.upper()}
    with time_machine.travel(NOW, tick=False):
        assert 'value="2026-05-06"' in client.get(address).text
        for wrong, words in (
            ({"email": "x@example.org"}, "Nobody in this space has this address."),
            ({"end": "09:00"}, "The end must lie after the start."),
            ({"end": "23:00"}, "Only use that is over can be written down."),
            ({"start_date": "2026-03-01"}, "No use lasts that long"),
        ):
            refused = client.post(address, told | wrong)
            assert refused.status_code == 422
            assert words in refused.text
            assert 'value="10:00"' in refused.text
        assert "Written down." in client.post(address, told, follow=True).text
        assert UsageSession.objects.get().member == member
        again = client.post(address, told | {"who": "nobody", "email": ""})
    assert again.status_code == 409
    assert "Somebody used the machine then already." in again.text


@pytest.mark.parametrize("who", ["the member", "staff of another space"])
def test_nobody_else_writes_it_down(who: str) -> None:
    machine, member = MachineFactory(), MemberFactory()
    by: Member = member if who == "the member" else RoleFactory().member
    with pytest.raises(BookingRefused, match="NOT_ALLOWED"):
        enter_session(machine=machine, member=member, span=SPAN, by=by, now=NOW)
