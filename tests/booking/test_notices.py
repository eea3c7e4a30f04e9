"""Which messages follow which events, and what becomes of the reminder."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import vobject

from booking import notices
from booking.models import ReminderRule, Reservation
from booking.states import ReservationKind, ReservationState
from notifications.delivery import deliver_due
from notifications.models import Message
from notifications.rendering import render
from notifications.states import MessageState
from tests.factories.booking import ReservationFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import CompanyFactory, MemberFactory
from tests.smtp import Mailbox, smtp_server

__all__ = ["smtp_server"]

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def reservation() -> Reservation:
    return ReservationFactory.create(starts_at=NOW + 4 * DAY)


def confirm(reservation: Reservation, now: datetime = NOW) -> None:
    notices.reservation_confirmed(reservation, by=reservation.member, now=now)


def move(reservation: Reservation, start: datetime, now: datetime = NOW) -> None:
    previous = reservation.span
    reservation.starts_at, reservation.ends_at = start, start + HOUR
    reservation.sequence += 1
    notices.reservation_moved(reservation, by=reservation.member, now=now, previous=previous)


def cancel(reservation: Reservation, now: datetime = NOW) -> None:
    reservation.state = ReservationState.CANCELLED
    reservation.sequence += 1
    notices.reservation_cancelled(reservation, by=reservation.member, now=now)


def restore(reservation: Reservation, now: datetime = NOW) -> None:
    reservation.state = ReservationState.CONFIRMED
    reservation.sequence += 1
    notices.reservation_restored(reservation, by=reservation.member, now=now)


def reminder() -> Message:
    return Message.objects.get(kind=notices.REMINDER)


def states() -> dict[str, str]:
    return dict(Message.objects.values_list("kind", "state"))


def calendar_of(kind: str) -> Any:
    return vobject.readOne(render(Message.objects.get(kind=kind)).attachment)


class TestNews:
    def test_the_event_is_written_when_it_is_sent_and_kept_in_the_log(
        self, reservation: Reservation, smtp_server: Mailbox
    ) -> None:
        confirm(reservation)
        deliver_due(clock=lambda: NOW, lasting=HOUR)
        message = Message.objects.get(kind=notices.CONFIRMED)
        assert f"UID:{reservation.uid}@etabli" in message.attachment
        (part,) = [
            each
            for each in smtp_server.mails[0].walk()
            if each.get_content_type() == "text/calendar"
        ]
        assert vobject.readOne(part.get_content()).vevent.uid.value == f"{reservation.uid}@etabli"

    def test_a_confirmation_is_due_at_once_and_carries_the_event(
        self, reservation: Reservation
    ) -> None:
        confirm(reservation)
        message = Message.objects.get(kind=notices.CONFIRMED)
        assert message.recipient == reservation.member
        assert message.send_after == NOW
        assert message.space_key == str(reservation.machine.space_id)
        assert message.context["url"].endswith(f"/reservations/{reservation.pk}/")
        event = calendar_of(notices.CONFIRMED).vevent
        assert event.uid.value == f"{reservation.uid}@etabli"
        assert event.dtstart.value == reservation.starts_at
        assert event.dtend.value == reservation.ends_at
        assert event.organizer.value == "mailto:noreply@etabli.example"

    def test_telling_twice_tells_once(self, reservation: Reservation) -> None:
        confirm(reservation)
        confirm(reservation)
        assert Message.objects.count() == 2

    def test_every_change_keeps_the_uid_and_raises_the_sequence(
        self, reservation: Reservation
    ) -> None:
        confirm(reservation)
        move(reservation, NOW + 5 * DAY)
        cancel(reservation)
        restore(reservation)
        read = [calendar_of(kind) for kind in notices.CALENDAR_NEWS]
        assert [each.method.value for each in read] == ["REQUEST", "REQUEST", "CANCEL", "REQUEST"]
        assert [each.vevent.sequence.value for each in read] == ["0", "1", "2", "3"]
        assert len({each.vevent.uid.value for each in read}) == 1

    def test_only_the_latest_news_goes_out(self, reservation: Reservation) -> None:
        confirm(reservation)
        move(reservation, NOW + 5 * DAY)
        cancel(reservation)
        assert states() == {
            notices.CONFIRMED: "withdrawn",
            notices.MOVED: "withdrawn",
            notices.CANCELLED: "pending",
            notices.REMINDER: "withdrawn",
        }

    def test_a_move_tells_the_old_time_too(self, reservation: Reservation) -> None:
        move(reservation, NOW + 5 * DAY)
        text = render(Message.objects.get(kind=notices.MOVED)).text
        assert "When: Wednesday 6 May 2026, 14:00–15:00 (Europe/Zurich, UTC+2)" in text
        assert "Before: Tuesday 5 May 2026, 14:00–15:00" in text

    def test_upkeep_and_workshops_tell_nobody(self) -> None:
        confirm(
            ReservationFactory.create(
                starts_at=NOW + 4 * DAY, member=None, kind=ReservationKind.MAINTENANCE
            )
        )
        assert not Message.objects.exists()

    def test_who_acted_and_for_whom_is_said(self) -> None:
        reservation = ReservationFactory.create(
            starts_at=NOW + 4 * DAY, company=CompanyFactory.create(name="Holz & Söhne")
        )
        staff = MemberFactory.create(name="Grace")
        notices.reservation_confirmed(reservation, by=staff, now=NOW)
        rendered = render(Message.objects.get(kind=notices.CONFIRMED))
        assert f"Grace has reserved {reservation.machine.name} for you." in rendered.text
        assert "Holz & Söhne" in rendered.text
        assert "Holz &amp; Söhne" in rendered.html

    def test_the_readers_clock_is_shown_where_it_differs(self) -> None:
        here = ReservationFactory.create(
            starts_at=NOW + 4 * DAY, member__timezone="Pacific/Auckland"
        )
        alike = ReservationFactory.create(starts_at=NOW + 4 * DAY, member__timezone="Europe/Paris")
        confirm(here)
        confirm(alike)
        texts = {
            message.recipient: render(message).text
            for message in Message.objects.filter(kind=notices.CONFIRMED)
        }
        assert (
            "On your clock: Wednesday 6 May 2026, 00:00–01:00 (Pacific/Auckland, UTC+12)"
            in texts[here.member]
        )
        assert "On your clock" not in texts[alike.member]

    @pytest.mark.parametrize("kind", [*notices.NEWS, notices.REMINDER])
    def test_every_kind_has_its_three_texts(self, kind: str, reservation: Reservation) -> None:
        confirm(reservation)
        message = Message.objects.filter(kind=notices.CONFIRMED).get()
        message.kind = kind
        rendered = render(message)
        assert reservation.machine.name in rendered.subject
        for text in (rendered.text, rendered.html):
            assert "Tuesday 5 May 2026, 14:00–15:00" in text
            assert message.context["url"] in text


class TestReminder:
    def test_it_waits_until_a_day_before_and_is_useful_until_the_start(
        self, reservation: Reservation
    ) -> None:
        confirm(reservation)
        assert reminder().send_after == reservation.starts_at - DAY
        assert reminder().expires_at == reservation.starts_at

    def test_its_offset_is_a_setting_of_the_category(self, reservation: Reservation) -> None:
        machine = reservation.machine
        ReminderRule.objects.create(
            space=machine.space, category=machine.category, offset=timedelta(hours=3)
        )
        confirm(reservation)
        assert reminder().send_after == reservation.starts_at - timedelta(hours=3)

    @pytest.mark.parametrize("ahead", [timedelta(hours=5), DAY])
    def test_booked_inside_the_offset_there_is_none(self, ahead: timedelta) -> None:
        confirm(ReservationFactory.create(starts_at=NOW + ahead))
        assert states() == {notices.CONFIRMED: "pending"}

    def test_it_moves_with_the_reservation(self, reservation: Reservation) -> None:
        confirm(reservation)
        row = reminder()
        move(reservation, NOW + 6 * DAY)
        moved = reminder()
        assert (moved.pk, moved.send_after) == (row.pk, NOW + 5 * DAY)
        assert moved.context["starts_at"] == (NOW + 6 * DAY).isoformat()
        move(reservation, NOW + 4 * DAY)
        assert (reminder().pk, reminder().send_after) == (row.pk, NOW + 3 * DAY)

    def test_moved_to_another_space_it_stands_in_the_log_there(
        self, reservation: Reservation
    ) -> None:
        confirm(reservation)
        reservation.machine = MachineFactory.create()
        move(reservation, NOW + 6 * DAY)
        assert reminder().space_key == str(reservation.machine.space_id)

    def test_moved_inside_the_offset_there_is_none(self, reservation: Reservation) -> None:
        confirm(reservation)
        move(reservation, NOW + 5 * HOUR)
        assert reminder().state == MessageState.WITHDRAWN

    def test_moved_out_of_the_offset_it_comes_back(self) -> None:
        reservation = ReservationFactory.create(starts_at=NOW + 5 * HOUR)
        confirm(reservation)
        move(reservation, NOW + 3 * DAY)
        assert (reminder().state, reminder().send_after) == (MessageState.PENDING, NOW + 2 * DAY)

    def test_after_it_was_sent_a_new_start_gets_its_own(self, reservation: Reservation) -> None:
        confirm(reservation)
        Message.objects.filter(kind=notices.REMINDER).update(state=MessageState.SENT)
        move(reservation, NOW + 9 * DAY, now=NOW + 3 * DAY + HOUR)
        rows = Message.objects.filter(kind=notices.REMINDER).order_by("pk")
        assert [row.state for row in rows] == [MessageState.SENT, MessageState.PENDING]
        assert rows[1].send_after == NOW + 8 * DAY

    def test_it_goes_with_the_reservation_and_comes_back_with_it(
        self, reservation: Reservation
    ) -> None:
        confirm(reservation)
        cancel(reservation)
        assert reminder().state == MessageState.WITHDRAWN
        restore(reservation)
        assert reminder().state == MessageState.PENDING

    def test_restored_inside_the_offset_it_stays_away(self, reservation: Reservation) -> None:
        confirm(reservation)
        cancel(reservation)
        restore(reservation, now=NOW + 3 * DAY + HOUR)
        assert reminder().state == MessageState.WITHDRAWN

    def test_a_no_show_needs_no_reminder(self, reservation: Reservation) -> None:
        confirm(reservation)
        reservation.state = ReservationState.NO_SHOW
        notices.no_shows_recorded([reservation], now=NOW + 5 * DAY)
        assert reminder().state == MessageState.WITHDRAWN
