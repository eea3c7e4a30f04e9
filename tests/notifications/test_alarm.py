"""Who is told that the jobs are late, by whom, and how often."""

import threading
from datetime import UTC, datetime, timedelta
from smtplib import SMTPException

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from notifications.heartbeats import BEAT, WORKER, Signs, beat, signs_of_life
from notifications.lookout import LOOKOUT, Lookout
from notifications.services.alarm import raise_alarm
from tests.factories.members import MemberFactory, RoleFactory
from tests.factories.notifications import MessageFactory
from tests.smtp import Mailbox, free_port

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def _administrators() -> None:
    MemberFactory.create(email="admin@example.org", is_superuser=True, language="fr")
    MemberFactory.create(email="left@example.org", is_superuser=True, is_active=False)
    MemberFactory.create(email="maker@example.org")


def silent_since(moment: datetime, now: datetime) -> Signs:
    """Both fell silent."""
    for name in (WORKER, BEAT):
        beat(name=name, now=moment)
    return signs_of_life(now)


@pytest.mark.usefixtures("_administrators")
def test_administrators_are_told_once_an_outage_and_once_a_day(smtp_server: Mailbox) -> None:
    assert raise_alarm(silent_since(NOW - HOUR, NOW)) == 1
    assert raise_alarm(signs_of_life(NOW + HOUR)) == 0
    assert raise_alarm(signs_of_life(NOW + DAY)) == 1
    again = silent_since(NOW + DAY + HOUR, NOW + DAY + 2 * HOUR)
    assert raise_alarm(again) == 1
    assert {mail["To"] for mail in smtp_server.mails} == {"admin@example.org"}
    text = smtp_server.mails[0].get_content()
    assert "/health" in text
    assert "1 heure" in text.replace("\xa0", " ")


@pytest.mark.usefixtures("_administrators")
def test_who_could_not_be_told_is_told_later(smtp_server: Mailbox) -> None:
    smtp_server.answer = "451 Later"
    signs = silent_since(NOW - HOUR, NOW)
    with pytest.raises(SMTPException):
        raise_alarm(signs)
    smtp_server.answer = "250 OK"
    assert raise_alarm(signs) == 1


@pytest.mark.usefixtures("_administrators")
def test_an_address_that_is_refused_keeps_it_from_nobody_else(
    smtp_server: Mailbox,
) -> None:
    MemberFactory.create(email="gone@example.org", is_superuser=True)
    MemberFactory.create(email="z@example.org", is_superuser=True)
    smtp_server.unknown = {"gone@example.org"}
    signs = silent_since(NOW - HOUR, NOW)
    assert raise_alarm(signs) == 2
    assert raise_alarm(signs) == 0
    assert {mail["To"] for mail in smtp_server.mails} == {"admin@example.org", "z@example.org"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_administrators")
def test_of_two_processes_that_see_it_at_once_one_tells(smtp_server: Mailbox) -> None:
    signs = silent_since(NOW - HOUR, NOW)
    smtp_server.seconds = 0.5

    def tell() -> None:
        raise_alarm(signs)
        connection.close()

    both = [threading.Thread(target=tell) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert len(smtp_server.mails) == 1


@pytest.mark.usefixtures("_administrators")
def test_a_process_that_has_just_started_gives_the_others_time(smtp_server: Mailbox) -> None:
    silent_since(NOW - DAY, NOW)
    lookout = Lookout()
    lookout.look(NOW)
    assert lookout.signs is not None
    assert lookout.signs.jobs_are_late
    # Nothing is late as long as the others may still be starting, however long all stood still.
    assert (lookout.late, smtp_server.mails) == (None, [])
    lookout.look(NOW + timedelta(minutes=10))
    assert lookout.late == lookout.signs
    assert len(smtp_server.mails) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_administrators")
def test_a_look_is_taken_now_and_then_and_nobody_waits_for_it(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "notifications.channels.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    silent_since(NOW - HOUR, NOW)
    lookout = Lookout()
    looks = []

    def clock() -> datetime:
        looks.append(threading.current_thread())
        return NOW

    for _ in range(3):
        lookout.look_now_and_then(clock, every=HOUR)
    for thread in threading.enumerate():
        if thread.name == "lookout":
            thread.join()
    [looked_in] = looks
    assert looked_in is not threading.current_thread()
    assert lookout.signs is not None


def test_the_command_tells_and_fails(smtp_server: Mailbox) -> None:
    MemberFactory.create(email="admin@example.org", is_superuser=True)
    with pytest.raises(CommandError):
        call_command("check_jobs")
    assert len(smtp_server.mails) == 1
    for name in (WORKER, BEAT):
        beat(name=name, now=timezone.now())
    call_command("check_jobs")


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> Signs:
    """What this process has seen: a silent worker, and a message that waits."""
    beat(name=BEAT, now=NOW)
    beat(name=WORKER, now=NOW - HOUR)
    MessageFactory.create(send_after=NOW - 2 * HOUR)
    signs = signs_of_life(NOW)
    monkeypatch.setattr(LOOKOUT, "signs", signs)
    monkeypatch.setattr(LOOKOUT, "_first_look", NOW - HOUR)
    return signs


def test_staff_is_told_on_every_page_and_nobody_else(late: Signs, client: Client) -> None:
    role = RoleFactory.create()
    client.force_login(role.member)
    for address in ("/", "/profile/", f"/spaces/{role.space.slug}/board/"):
        page = client.get(address).content.decode().replace("\xa0", " ")
        assert "Jobs are late." in page
        assert "The worker has been silent for 1 hour." in page
        assert "waiting to be sent for 2 hours" in page
        assert "Beat" not in page
    client.force_login(MemberFactory.create())
    assert "Jobs are late." not in client.get("/").content.decode()
    client.logout()
    assert "Jobs are late." not in client.get("/").content.decode()


def test_where_all_is_well_nothing_is_said(client: Client) -> None:
    client.force_login(RoleFactory.create().member)
    assert "Jobs are late." not in client.get("/").content.decode()
