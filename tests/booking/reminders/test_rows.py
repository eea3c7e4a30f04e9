"""On however many machines a stay is: one reminder tells of all of it, as it is by then."""

from datetime import time, timedelta
from uuid import uuid4

import pytest
from django.utils.translation import override

from booking import notices
from booking.models import Reservation
from booking.services.reservations import cancel, restore
from machines.models import Machine
from members.models import Member
from notifications import texts
from notifications.adapting import Wording
from notifications.models import Message
from notifications.states import ChannelName, MessageState, Ways
from tests.booking.reminders.conftest import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    Deliver,
    about,
    reserved,
    rule,
)
from tests.factories.machines import MachineFactory
from tests.factories.members import RoleFactory
from tests.factories.notifications import EndpointFactory, PreferenceFactory
from tests.notifications.test_delivery import part
from tests.smtp import Mailbox

pytestmark = pytest.mark.django_db

START = NOW + 3 * DAY
LATER = START - 23 * HOUR
"""When the second of a row would be reminded of."""


@pytest.fixture
def first(laser: Machine, mira: Member) -> Reservation:
    return reserved(laser, START, member=mira)


@pytest.fixture
def second(first: Reservation, printer: Machine) -> Reservation:
    return reserved(printer, first.ends_at, member=first.member)


def state_of(row: Reservation) -> str:
    reminders = Message.objects.by_mail().filter(kind=notices.REMINDER)
    return reminders.get(subject_key=row.subject_key).state


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Right after that:\n- Prusa, Thursday 7 May 2026, 11:00–12:00"),
        ("fr", "Juste après\u202f:\n- Prusa, jeudi 7 mai 2026, 11:00–12:00"),
        ("de", "Gleich danach:\n- Prusa, Donnerstag, 7. Mai 2026, 11:00–12:00"),
        ("it", "Subito dopo:\n- Prusa, giovedì 7 maggio 2026, 11:00–12:00"),
    ],
)
def test_one_mail_tells_of_both_and_each_has_its_button(
    second: Reservation,
    first: Reservation,
    deliver: Deliver,
    smtp_server: Mailbox,
    language: str,
    words: str,
) -> None:
    Member.objects.update(language=language)
    (sent,) = deliver(START - DAY)
    assert about([sent]) == [first.subject_key]
    assert words in sent.text
    assert deliver(LATER) == [sent]
    told = Message.objects.get(subject_key=second.subject_key)
    assert (told.state, told.digest, told.sent_at) == ("digested", sent, sent.sent_at)
    assert "Prusa" in told.subject
    (mail,) = smtp_server.mails
    for kind in ("text/plain", "text/html"):
        assert part(mail, kind).count("/do/") == 2
        assert told.subject in part(mail, kind)
    assert f"/reservations/{second.pk}/" in part(mail, "text/html")


def test_cancelled_in_time_the_first_leaves_the_second_its_reminder(
    first: Reservation, second: Reservation, mira: Member, deliver: Deliver
) -> None:
    cancel(reservation=first, by=mira, now=START - 30 * HOUR)
    Message.objects.exclude(kind=notices.REMINDER).delete()
    assert about(deliver(LATER)) == [second.subject_key]


def test_what_comes_to_the_stay_later_is_reminded_of_by_itself(
    first: Reservation, printer: Machine, mira: Member, deliver: Deliver
) -> None:
    deliver(START - DAY)
    late = reserved(printer, first.ends_at, member=mira, made=START - 23.5 * HOUR)
    assert about(deliver(LATER)) == [first.subject_key, late.subject_key]


def test_what_was_told_is_told_once_whatever_becomes_of_the_first(
    first: Reservation, second: Reservation, mira: Member, deliver: Deliver
) -> None:
    deliver(START - DAY)
    cancel(reservation=first, by=mira, now=START - 23.5 * HOUR)
    Message.objects.exclude(kind=notices.REMINDER).delete()
    assert len(deliver(LATER)) == 1
    cancel(reservation=second, by=mira, now=START - 22 * HOUR)
    restore(
        reservation=second, by=RoleFactory(space=second.machine.space).member, now=START - 21 * HOUR
    )
    assert state_of(second) == "digested"


def test_what_cannot_be_put_into_words_keeps_nothing_else_back(
    first: Reservation, second: Reservation, deliver: Deliver
) -> None:
    broken = Message.objects.by_mail().filter(kind=notices.REMINDER, subject_key=second.subject_key)
    broken.update(context=broken.get().context | {"starts_at": "never"})
    assert about(deliver(START - DAY)) == [first.subject_key]
    assert state_of(second) == "pending"


def test_moved_after_it_was_told_it_is_reminded_of_at_its_new_time(
    first: Reservation, second: Reservation, deliver: Deliver
) -> None:
    deliver(START - DAY)
    Reservation.objects.filter(pk=second.pk).update(
        starts_at=START + DAY, ends_at=START + DAY + HOUR
    )
    second.refresh_from_db()
    notices.keep_reminders(second, now=START - 23.5 * HOUR)
    assert about(deliver(START)) == [first.subject_key, second.subject_key]


def test_after_an_outage_the_second_waits_for_the_first(
    printer: Machine, laser: Machine, mira: Member, deliver: Deliver, smtp_server: Mailbox
) -> None:
    """The first is refused for the time being, so the second does not overtake it."""
    second = reserved(printer, START + HOUR, member=mira)
    first = reserved(laser, START, member=mira)
    smtp_server.answer = "451 later"
    assert deliver(LATER) == []
    smtp_server.answer = "250 OK"
    assert deliver(LATER + 30 * timedelta(seconds=1)) == []
    assert state_of(second) == "pending"
    assert about(deliver(LATER + 10 * MINUTE)) == [first.subject_key]
    assert state_of(second) == "digested"


def test_after_a_longer_outage_the_second_goes_by_itself(
    first: Reservation, second: Reservation, deliver: Deliver
) -> None:
    assert about(deliver(START + MINUTE)) == [second.subject_key]
    assert state_of(first) == "expired"


def test_the_mail_of_the_day_tells_of_both_in_one(
    first: Reservation, second: Reservation, mira: Member, deliver: Deliver, smtp_server: Mailbox
) -> None:
    """The second would be due after the mail of the day in which the first is told."""
    PreferenceFactory.create(member=mira, digest_time=time(10, 30))
    deliver(START - DAY)
    assert state_of(first) == "gathered"
    deliver(START - DAY + 31 * MINUTE)
    deliver(LATER)
    assert {state_of(first), state_of(second)} == {"digested"}
    (mail,) = smtp_server.mails
    assert part(mail, "text/plain").count("- Prusa, ") == 1
    assert part(mail, "text/html").count("/do/") == 2


def test_two_parts_of_one_mail_of_the_day_are_told_as_one(
    first: Reservation, second: Reservation, mira: Member, deliver: Deliver, smtp_server: Mailbox
) -> None:
    PreferenceFactory.create(member=mira, digest_time=time(18))
    deliver(LATER)
    deliver(LATER + 2 * MINUTE)
    assert {state_of(first), state_of(second)} == {"gathered"}
    deliver(START - 15 * HOUR)
    assert {state_of(first), state_of(second)} == {"digested"}
    assert part(smtp_server.mails[0], "text/plain").count("Reminder: Prusa") == 1


def test_the_mail_of_the_day_tells_once_what_follows_both_of_two(
    first: Reservation, second: Reservation, mira: Member, deliver: Deliver, smtp_server: Mailbox
) -> None:
    twin = MachineFactory(space=first.machine.space, name="Mill")
    beside = reserved(twin, START, member=mira)
    PreferenceFactory.create(member=mira, digest_time=time(10, 30))
    deliver(START - DAY)
    assert {state_of(first), state_of(beside)} == {"gathered"}
    deliver(START - DAY + 31 * MINUTE)
    assert {state_of(each) for each in (first, beside, second)} == {"digested"}
    (mail,) = smtp_server.mails
    assert part(mail, "text/plain").count("- Prusa, ") == 1
    assert part(mail, "text/html").count("/do/") == 3


def test_words_of_a_space_that_name_no_facts_tell_of_it_all_the_same(
    first: Reservation, second: Reservation, laser: Machine, deliver: Deliver
) -> None:
    wording = Wording(subject="{machine}", text="Soon: {machine}, {when}\n\n{url}")
    with override("en"):
        texts.adapt(
            space_key=str(laser.space_id),
            kind=notices.REMINDER,
            language="en",
            wording=wording,
            by=RoleFactory(space=laser.space).member,
            now=NOW,
        )
    (sent,) = deliver(START - DAY)
    for told in (sent.text, sent.html):
        assert told.index("Soon: Speedy") < told.index("Right after that:") < told.index("Prusa")
    assert state_of(second) == "digested"


def test_what_goes_another_way_is_left_to_go_it(
    first: Reservation, second: Reservation, mira: Member, deliver: Deliver
) -> None:
    EndpointFactory.create(member=mira)
    rule(first.machine.space, DAY, category=second.machine.category, ways=Ways.BESIDE)
    deliver(START - DAY)
    assert state_of(second) == MessageState.PENDING
    deliver(LATER)
    assert state_of(second) == MessageState.BESIDE


def test_other_channels_tell_of_both_in_one_too(
    first: Reservation, second: Reservation, mira: Member, deliver: Deliver
) -> None:
    EndpointFactory.create(member=mira)
    deliver(START - DAY)
    deliver(LATER)
    (beside,) = Message.objects.exclude(channel=ChannelName.EMAIL)
    assert beside.subject_key == first.subject_key
    assert [each["machine"] for each in beside.context["then"]] == ["Prusa"]


def test_a_cart_and_what_follows_both_of_two_is_each_told_once(
    first: Reservation, laser: Machine, printer: Machine, mira: Member, deliver: Deliver
) -> None:
    bundle = uuid4()
    for machine in (laser, printer):
        reserved(machine, START + HOUR, member=mira, bundle_id=bundle)
    twin = MachineFactory(space=laser.space, name="Mill")
    beside = reserved(twin, START, member=mira)
    last = reserved(twin, START + 2 * HOUR, member=mira)
    sent = deliver(START - DAY)
    assert about(sent) == [first.subject_key, beside.subject_key]
    assert sent[0].text.count("Speedy + Prusa, ") == sent[0].text.count("Mill, ") == 1
    assert "Right after that" not in sent[1].text
    assert deliver(START - 21 * HOUR) == sent
    assert state_of(last) == "digested"
