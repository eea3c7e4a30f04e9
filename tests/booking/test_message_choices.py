"""What members say about their messages, and the reminders that follow."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from booking import notices
from booking.models import ReminderRule, Reservation
from booking.services.message_choices import change_messages
from booking.services.reservations import cancel
from members.models import Member
from notifications.models import Message, Preference
from notifications.services.preferences import Choice
from notifications.states import MessageState
from tests.factories.booking import ReservationFactory
from tests.factories.members import MemberFactory
from tests.factories.notifications import PreferenceFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TYPED: dict[str, Any] = {
    "language": "en",
    "reminder": "space",
    "digest": "each",
    "quiet_from": "",
    "quiet_until": "",
    "wants_calendar": "on",
    "group_reminders": "on",
    "group_use": "on",
    "group_reports": "on",
    "group_endings": "on",
    "group_others": "on",
    "group_confirmations": "on",
    "group_approvals": "on",
    "group_gaps": "on",
    "group_offers_over": "on",
    "group_kept_dates": "on",
    "group_faults": "on",
    "group_stock": "on",
}


@pytest.fixture
def member(client: Client) -> Member:
    member = MemberFactory.create()
    client.force_login(member)
    return member


def change(member: Member, offset: timedelta | None, now: datetime = NOW) -> None:
    change_messages(member=member, language="en", reminder_offset=offset, choice=Choice(), now=now)


def reserved(member: Member, starts_at: datetime, **fields: Any) -> Reservation:
    """A reservation of which the member is reminded."""
    row = ReservationFactory.create(
        member=member, starts_at=starts_at, ends_at=starts_at + HOUR, **fields
    )
    notices.keep_reminders(row, now=NOW)
    return row


def reminder_of(row: Reservation) -> Message:
    return Message.objects.get(subject_key=row.subject_key, kind=notices.REMINDER)


class TestOwnOffset:
    def test_what_is_reserved_from_now_on_is_reminded_of_as_chosen(self, member: Member) -> None:
        change(member, HOUR)
        row = reserved(member, NOW + 3 * DAY)
        assert reminder_of(row).send_after == row.starts_at - HOUR

    def test_what_was_reserved_before_follows(self, member: Member) -> None:
        row, other = reserved(member, NOW + 3 * DAY), reserved(MemberFactory(), NOW + 3 * DAY)
        change(member, 2 * HOUR)
        assert reminder_of(row).send_after == row.starts_at - 2 * HOUR
        assert reminder_of(other).send_after == other.starts_at - DAY

    def test_without_a_choice_of_ones_own_the_space_says_again(self, member: Member) -> None:
        member.reminder_offset = HOUR
        member.save()
        row, usual = reserved(member, NOW + 3 * DAY), reserved(member, NOW + 4 * DAY)
        machine = row.machine
        ReminderRule.objects.create(space=machine.space, category=machine.category, offset=5 * HOUR)
        change(member, None)
        assert reminder_of(row).send_after == row.starts_at - 5 * HOUR
        assert reminder_of(usual).send_after == usual.starts_at - DAY

    def test_one_whose_new_moment_is_over_is_not_lost(self, member: Member) -> None:
        member.reminder_offset = HOUR
        member.save()
        row = reserved(member, NOW + 5 * HOUR)
        change(member, DAY)
        assert reminder_of(row).send_after == row.starts_at - HOUR
        assert reminder_of(row).state == MessageState.PENDING

    def test_what_was_cancelled_stays_without(self, member: Member) -> None:
        row = reserved(member, NOW + 3 * DAY)
        cancel(reservation=row, by=member, now=NOW)
        change(member, HOUR)
        assert reminder_of(row).state == MessageState.WITHDRAWN

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_takes_as_many_queries_for_one_as_for_three(
        self, member: Member, count: int
    ) -> None:
        for number in range(count):
            reserved(member, NOW + (3 + number) * DAY)
        with CaptureQueriesContext(connection) as queries:
            change(member, HOUR)
        assert len(queries) == QUERIES


QUERIES = 17
"""Member, preference, what waits for a digest, and the reminders; transactions included."""


class TestPage:
    def test_everything_is_kept(self, client: Client, member: Member) -> None:
        typed = TYPED | {
            "language": "fr",
            "reminder": "120",
            "digest": "18:00",
            "quiet_from": "22:00",
            "quiet_until": "07:00",
        }
        for name in ("wants_calendar", "group_reminders"):
            del typed[name]
        page = client.post("/profile/messages/", typed, follow=True)
        assert "Votre choix est enregistré." in page.text
        member.refresh_from_db()
        assert (member.language, member.reminder_offset) == ("fr", 2 * HOUR)
        kept = Preference.objects.get(member=member)
        assert kept.muted == ["reminders"]
        assert (kept.digest_time, kept.wants_calendar) == (time(18), False)
        assert (kept.quiet_from, kept.quiet_until) == (time(22), time(7))

    def test_it_shows_what_is_chosen(self, client: Client, member: Member) -> None:
        PreferenceFactory.create(
            member=member, muted=["gaps"], digest_time=time(7, 20), wants_calendar=False
        )
        member.reminder_offset = 3 * HOUR
        member.save()
        form = client.get("/profile/messages/").context["form"]
        assert form["group_gaps"].value() is False
        assert form["group_reminders"].value() is True
        assert form["wants_calendar"].value() is False
        # What was chosen elsewhere is offered, although the page has rounder values.
        assert form["digest"].value() in dict(form.fields["digest"].choices)
        assert form["reminder"].value() in dict(form.fields["reminder"].choices)

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"quiet_from": "22:00"}, "quiet_until"),
            ({"quiet_until": "07:00"}, "quiet_from"),
            ({"quiet_from": "07:00", "quiet_until": "07:00"}, "quiet_until"),
            ({"quiet_from": "22:00", "quiet_until": "07:00", "digest": "06:00"}, "digest"),
            ({"quiet_from": "22:00", "quiet_until": "07:00", "digest": "22:00"}, "digest"),
            ({"quiet_from": "09:00", "quiet_until": "17:00", "digest": "12:00"}, "digest"),
            ({"quiet_from": "soon", "quiet_until": "07:00"}, "quiet_from"),
            ({"digest": "25:00"}, "digest"),
            ({"reminder": "7"}, "reminder"),
            ({"language": "xx"}, "language"),
        ],
    )
    def test_what_does_not_go_together_is_told_beside_it(
        self, client: Client, member: Member, wrong: dict[str, str], field: str
    ) -> None:
        page = client.post("/profile/messages/", TYPED | wrong)
        assert page.status_code == 422
        assert set(page.context["form"].errors) == {field}
        assert not Preference.objects.exists()

    @pytest.mark.parametrize("hour", ["07:00", "21:00"])
    def test_the_mail_of_the_day_may_come_at_the_edge_of_quiet_hours(
        self, client: Client, member: Member, hour: str
    ) -> None:
        typed = TYPED | {"quiet_from": "22:00", "quiet_until": "07:00", "digest": hour}
        assert client.post("/profile/messages/", typed).status_code == 302

    def test_saving_twice_comes_to_the_same(self, client: Client, member: Member) -> None:
        with time_machine.travel(NOW):
            for _again in range(2):
                client.post("/profile/messages/", TYPED)
        assert Preference.objects.count() == 1
