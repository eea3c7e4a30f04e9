"""What reminders are known by, whatever offset the moments were written with."""

from datetime import datetime, timedelta
from importlib import import_module
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client

from booking import notices
from booking.models import Reservation
from machines.models import Machine
from members.models import Member
from members.states import Scope
from notifications.models import Message
from notifications.states import MessageState
from tests.booking.api.conftest import client_of
from tests.booking.reminders.conftest import DAY, HOUR, MINUTE, NOW, Deliver, reserved, rule
from tests.factories.members import MemberFactory
from tests.factories.notifications import EndpointFactory

pytestmark = pytest.mark.django_db

MIGRATION = import_module("booking.migrations.0009_reminders_of_more_than_the_start")
START = NOW + 3 * DAY


@pytest.fixture
def row(laser: Machine) -> Reservation:
    return reserved(laser, START)


def migrate() -> None:
    with connection.cursor() as cursor:
        cursor.execute(MIGRATION.KEYS_TELL_WHOM_AND_HOW_EARLY)


def old_key(row: Reservation, zone: str = "Europe/Zurich") -> str:
    return f"{notices.REMINDER}:{row.uid}:{row.starts_at.astimezone(ZoneInfo(zone)).isoformat()}"


def made_old(row: Reservation, **more: object) -> str:
    """Have the reminder of `row` be as it was before; the key that it has now."""
    message = Message.objects.get(subject_key=row.subject_key)
    key = message.dedupe_key
    Message.objects.filter(pk=message.pk).update(dedupe_key=old_key(row), **more)
    return key


def key_of(row: Reservation) -> str:
    return Message.objects.by_mail().get(subject_key=row.subject_key).dedupe_key


def test_a_reminder_from_before_is_known_and_sent(row: Reservation, deliver: Deliver) -> None:
    key = made_old(row)
    migrate()
    assert key_of(row) == key
    (sent,) = deliver(START - DAY)
    assert sent.subject_key == row.subject_key


def test_moments_between_seconds_are_known(laser: Machine) -> None:
    row = reserved(laser, START + timedelta(microseconds=1200))
    key = made_old(row)
    migrate()
    assert key_of(row) == key


@pytest.mark.parametrize("how_early", [timedelta(hours=5), DAY])
def test_one_that_was_put_off_counts_as_what_was_asked_for(
    laser: Machine, how_early: timedelta
) -> None:
    rule(laser.space, how_early)
    row = reserved(laser, START)
    key = made_old(row, send_after=START - how_early + 8 * MINUTE)
    migrate()
    assert key_of(row) == key


def test_one_that_its_reader_had_asked_for_is_known(laser: Machine) -> None:
    row = reserved(laser, START, member=MemberFactory(reminder_offset=2 * HOUR))
    key = made_old(row, send_after=START - HOUR)
    migrate()
    assert key_of(row) == key


def test_what_no_rule_asks_for_any_more_keeps_its_own_offset(row: Reservation) -> None:
    key = made_old(row, send_after=START - 2 * DAY)
    migrate()
    assert key_of(row) == key.replace(":86400", ":172800")


def test_what_is_told_on_another_channel_stays_beside_its_mail(row: Reservation) -> None:
    key = made_old(row)
    mail = Message.objects.get()
    endpoint = EndpointFactory.create(member=row.member)
    sibling = Message.objects.get()
    sibling.pk, sibling.channel, sibling.endpoint = None, "webhook", endpoint
    sibling.dedupe_key = f"{mail.dedupe_key}@{endpoint.pk}"
    sibling.save()
    migrate()
    assert set(Message.objects.values_list("dedupe_key", flat=True)) == {
        key,
        f"{key}@{endpoint.pk}",
    }


def test_of_two_that_said_the_same_the_one_that_was_sent_counts(
    row: Reservation, deliver: Deliver
) -> None:
    key = made_old(row)
    sent = Message.objects.get()
    sent.pk, sent.state, sent.dedupe_key = None, MessageState.SENT, old_key(row, "UTC")
    sent.save()
    migrate()
    assert Message.objects.get(dedupe_key=key) == sent
    assert deliver(START - DAY) == [sent]


def test_a_time_that_came_with_an_offset_is_known_in_utc(laser: Machine, deliver: Deliver) -> None:
    member: Member = MemberFactory()
    starts_at = datetime.now(tz=ZoneInfo("Asia/Tokyo")).replace(
        hour=21, minute=0, second=0, microsecond=0
    ) + timedelta(days=4)
    body = {
        "machine": laser.pk,
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + HOUR).isoformat(),
    }
    client: Client = client_of(member, Scope.BOOK)
    answer = client.post("/api/v1/reservations", body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    row = Reservation.objects.get()
    message = Message.objects.get(kind=notices.REMINDER)
    assert message.dedupe_key.startswith(notices.stem_of(notices.REMINDER, row))
    assert "+00:00:" in message.dedupe_key
    assert message in deliver(row.starts_at - DAY)
