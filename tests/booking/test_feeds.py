"""Calendars that programs follow: what they are told, who is told it, and how they ask again."""

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from booking.facts import BookingRequest
from booking.models import Reservation
from booking.services.feeds import revoke_feed
from booking.services.reservations import cancel, move, reserve, restore
from booking.states import FeedKind, ReservationKind, ReservationState
from machines.models import Machine, Pool
from machines.services.calendars import add_closure, set_weekly_hours
from machines.services.events import WeeklySpan
from machines.states import CalendarKind
from members.models import Member
from notifications.models import Message
from notifications.rendering import render
from spaces.intervals import Interval
from tests.booking.following import address_of, feed_behind, followed, read, titles
from tests.calendars import READER, READERS, Read, with_icalendar, with_vobject
from tests.factories.booking import ReservationFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import (
    CompanyFactory,
    DelegateFactory,
    MemberFactory,
    MembershipFactory,
    RoleFactory,
)
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 6, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """The clock stands at NOW, a Monday morning."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def machine() -> Machine:
    """A laser in a hall."""
    return MachineFactory(name="Speedy", space__name="Atelier", space__city="Zürich")


@pytest.fixture
def member() -> Member:
    return MemberFactory(name="Mira Maker")


@pytest.fixture
def row(machine: Machine, member: Member) -> Reservation:
    """What the member has reserved for tomorrow."""
    return ReservationFactory(machine=machine, member=member, starts_at=TOMORROW, purpose="Lamps")


def mine(member: Member) -> str:
    return followed(member, FeedKind.MINE)


def staff_of(machine: Machine) -> Member:
    return RoleFactory(space=machine.space).member


class TestMine:
    def test_it_tells_what_is_mine_and_nothing_else(self, row: Reservation, member: Member) -> None:
        ReservationFactory(machine=row.machine, starts_at=TOMORROW + 2 * HOUR)
        (event,) = read(mine(member))
        assert event.uid == f"{row.uid}@etabli"
        assert (event.starts_at, event.ends_at) == (TOMORROW, TOMORROW + HOUR)
        assert event.summary == "Speedy at Atelier"
        assert event.status == "CONFIRMED"
        assert event.location == "Atelier, Zürich"
        assert event.description.startswith("Lamps\nhttp")
        assert event.description.endswith(f"/reservations/{row.pk}/")

    def test_what_i_hold_for_a_company_is_mine_too(self, machine: Machine) -> None:
        delegate = DelegateFactory()
        colleague = DelegateFactory(company=delegate.company).member
        own, _theirs = (
            ReservationFactory(
                machine=machine, member=each, company=delegate.company, starts_at=start
            )
            for each, start in ((delegate.member, TOMORROW), (colleague, TOMORROW + 2 * HOUR))
        )
        assert [each.uid for each in read(mine(delegate.member))] == [f"{own.uid}@etabli"]

    def test_a_move_keeps_the_uid_and_raises_the_sequence(
        self, row: Reservation, member: Member
    ) -> None:
        address = mine(member)
        (before,) = read(address)
        Reservation.objects.filter(pk=row.pk).update(
            starts_at=TOMORROW + HOUR, ends_at=TOMORROW + 2 * HOUR, sequence=1
        )
        (after,) = read(address)
        assert (after.uid, after.sequence) == (before.uid, before.sequence + 1)
        assert after.starts_at == TOMORROW + HOUR

    def test_what_is_given_up_stays_for_a_while_as_cancelled(
        self, row: Reservation, member: Member, clock: time_machine.Traveller
    ) -> None:
        address = mine(member)
        cancel(reservation=row, by=member, now=NOW)
        (event,) = read(address)
        assert (event.status, event.sequence) == ("CANCELLED", 1)
        clock.move_to(NOW + 15 * DAY)
        assert read(address) == []

    @pytest.mark.parametrize(
        ("state", "told", "title"),
        [
            (ReservationState.PENDING, "TENTATIVE", "Speedy at Atelier (awaiting approval)"),
            (ReservationState.HELD, "TENTATIVE", "Speedy at Atelier (held)"),
            (ReservationState.DENIED, "CANCELLED", "Speedy at Atelier"),
            (ReservationState.EXPIRED, "CANCELLED", "Speedy at Atelier"),
            (ReservationState.NO_SHOW, "CONFIRMED", "Speedy at Atelier (no-show)"),
            (ReservationState.COMPLETED, "CONFIRMED", "Speedy at Atelier"),
        ],
    )
    def test_it_says_how_each_stands(
        self, row: Reservation, member: Member, state: str, told: str, title: str
    ) -> None:
        Reservation.objects.filter(pk=row.pk).update(state=state)
        (event,) = read(mine(member))
        assert (event.status, event.summary) == (told, title)

    def test_the_machines_of_a_cart_are_one_event(self, machine: Machine, member: Member) -> None:
        bench = MachineFactory(space=machine.space, name="Bench")
        together = {"bundle_id": uuid4(), "member": member, "starts_at": TOMORROW}
        first = ReservationFactory(machine=machine, sequence=2, **together)
        ReservationFactory(machine=bench, **together)
        (event,) = read(mine(member))
        assert (event.uid, event.sequence) == (f"{first.uid}@etabli", 2)
        assert event.summary == "Speedy + Bench at Atelier"

    def test_a_cart_that_lost_a_machine_is_still_the_same_event(
        self, machine: Machine, member: Member
    ) -> None:
        bench = MachineFactory(space=machine.space, name="Bench")
        together = {"bundle_id": uuid4(), "member": member, "starts_at": TOMORROW}
        first = ReservationFactory(
            machine=machine,
            state=ReservationState.CANCELLED,
            cancelled_at=NOW - 60 * DAY,
            **together,
        )
        ReservationFactory(machine=bench, **together)
        (event,) = read(mine(member))
        assert (event.uid, event.status) == (f"{first.uid}@etabli", "CONFIRMED")
        assert event.summary == "Bench at Atelier"

    def test_any_unit_of_a_pool_is_told_as_any(self, machine: Machine, member: Member) -> None:
        pool = Pool.objects.create(space=machine.space, slug="lasers", name="Lasers")
        ReservationFactory(machine=machine, member=member, pool=pool, starts_at=TOMORROW)
        assert titles(mine(member)) == ["Lasers (any unit) at Atelier"]

    def test_it_reaches_three_months_back_and_as_far_ahead_as_there_is_anything(
        self, machine: Machine, member: Member
    ) -> None:
        for days in (-91, -89, 400):
            ReservationFactory(
                machine=machine, member=member, starts_at=NOW + days * DAY, purpose=f"{days}"
            )
        told = [each.description.partition("\n")[0] for each in read(mine(member))]
        assert told == ["-89", "400"]

    def test_it_speaks_the_language_of_its_owner(self, row: Reservation, member: Member) -> None:
        Member.objects.filter(pk=member.pk).update(language="fr")
        response = Client(headers={"Accept-Language": "en"}).get(mine(member))
        assert response["Content-Language"] == "fr"
        (event,) = with_icalendar(response.content.decode())
        assert event.summary == "Speedy, Atelier"

    @READER
    def test_two_spaces_and_both_clock_changes_are_read_exactly(
        self, member: Member, reader: str
    ) -> None:
        starts = {
            "Europe/Zurich": (
                datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
                datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
                datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
                datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
            ),
            "Pacific/Auckland": (
                datetime(2026, 4, 4, 13, 30, tzinfo=UTC),
                datetime(2026, 4, 4, 14, 30, tzinfo=UTC),
                datetime(2026, 9, 26, 13, 30, tzinfo=UTC),
            ),
        }
        made = {
            f"{each.uid}@etabli": (each.starts_at, each.ends_at)
            for zone, moments in starts.items()
            for space in [SpaceFactory(timezone=zone)]
            for machine in [MachineFactory(space=space)]
            for each in [
                ReservationFactory(
                    machine=machine, member=member, starts_at=moment, ends_at=moment + HOUR / 2
                )
                for moment in moments
            ]
        }
        text = Client().get(mine(member)).content.decode()
        assert {each.uid: (each.starts_at, each.ends_at) for each in READERS[reader](text)} == made


class TestMachine:
    def test_others_see_that_it_is_reserved_and_nothing_more(self, row: Reservation) -> None:
        stranger = MemberFactory()
        (event,) = read(followed(stranger, FeedKind.MACHINE, machine=row.machine))
        assert event.summary == "Speedy: Reserved"
        assert (event.description, event.status) == ("", "CONFIRMED")

    def test_to_others_a_request_is_like_any_other_and_what_is_gone_is_gone(
        self, row: Reservation, machine: Machine
    ) -> None:
        for hours, state in enumerate(ReservationState.values, 2):
            ReservationFactory(machine=machine, starts_at=TOMORROW + hours * HOUR, state=state)
        told = read(followed(MemberFactory(), FeedKind.MACHINE, machine=machine))
        assert {(each.summary, each.status) for each in told} == {("Speedy: Reserved", "CONFIRMED")}
        assert len(told) == 1 + 5

    def test_the_holder_and_the_staff_see_who_has_it(
        self, row: Reservation, member: Member
    ) -> None:
        for person in (member, staff_of(row.machine), MemberFactory(is_superuser=True)):
            (event,) = read(followed(person, FeedKind.MACHINE, machine=row.machine))
            assert event.summary == "Speedy: Mira Maker"
            assert event.description.startswith("Lamps\n")

    def test_blocks_say_what_they_are(self, machine: Machine) -> None:
        for hours, kind in ((1, ReservationKind.MAINTENANCE), (3, ReservationKind.WORKSHOP)):
            ReservationFactory(
                machine=machine,
                member=None,
                kind=kind,
                purpose="First steps",
                starts_at=TOMORROW + hours * HOUR,
            )
        assert titles(followed(MemberFactory(), FeedKind.MACHINE, machine=machine)) == [
            "Speedy: Maintenance",
            "Speedy: Workshop: First steps",
        ]

    def test_a_machine_that_is_not_listed_is_for_who_must_get_in(
        self, row: Reservation, member: Member
    ) -> None:
        Machine.objects.filter(pk=row.machine_id).update(is_listed=False)
        holder = followed(member, FeedKind.MACHINE, machine=row.machine)
        stranger = followed(MemberFactory(), FeedKind.MACHINE, machine=row.machine)
        assert len(read(holder)) == 1
        assert Client().get(stranger).status_code == 404


class TestSpace:
    def test_it_tells_every_machine_that_the_reader_may_open(self, row: Reservation) -> None:
        hidden = MachineFactory(space=row.machine.space, name="Hidden", is_listed=False)
        ReservationFactory(machine=hidden, starts_at=TOMORROW, member__name="Anna")
        everybody = followed(MemberFactory(), FeedKind.SPACE, space=row.machine.space)
        staff = followed(staff_of(row.machine), FeedKind.SPACE, space=row.machine.space)
        assert titles(everybody) == ["Speedy: Reserved"]
        assert titles(staff) == ["Speedy: Mira Maker", "Hidden: Anna"]

    def test_a_space_that_is_not_listed_is_for_its_staff(self, machine: Machine) -> None:
        machine.space.is_listed = False
        machine.space.save()
        stranger, staff = MemberFactory(), staff_of(machine)
        answers = [
            Client().get(followed(each, FeedKind.SPACE, space=machine.space)).status_code
            for each in (stranger, staff)
        ]
        assert answers == [404, 200]


class TestCompany:
    def test_colleagues_see_who_comes_and_what_is_kept(self, machine: Machine) -> None:
        company = CompanyFactory(name="Orbe")
        ReservationFactory(
            machine=machine,
            member__name="Coco",
            company=company,
            starts_at=TOMORROW,
            is_confidential=True,
        )
        delegate = DelegateFactory(company=company).member
        address = followed(delegate, FeedKind.COMPANY, company=company)
        assert titles(address) == ["Speedy at Atelier: Coco"]
        assert "CLASS:CONFIDENTIAL" in Client().get(address).content.decode()


class TestDuty:
    def test_it_tells_when_staff_is_there_and_when_it_is_closed(self, machine: Machine) -> None:
        space = machine.space
        for kind in (CalendarKind.OPEN, CalendarKind.STAFFED):
            set_weekly_hours(
                owner=space,
                kind=kind,
                week=[WeeklySpan((1,), datetime(1, 1, 1, 9).time(), datetime(1, 1, 1, 12).time())],
                from_date=NOW.date() - 365 * DAY,
                now=NOW,
            )
        zone = ZoneInfo(space.timezone)
        start = datetime(2026, 5, 12, 0, tzinfo=zone).astimezone(UTC)
        add_closure(owner=space, title="Moving", interval=Interval(start, start + DAY), now=NOW)
        told = read(followed(staff_of(machine), FeedKind.DUTY, space=space))
        days = {each.starts_at.astimezone(zone).date() for each in told}
        assert {each.summary for each in told} == {"Staffed: Atelier", "Closed: Atelier (Moving)"}
        assert {day.weekday() for day in days} == {1}
        assert datetime(2026, 5, 12).date() in days
        assert len({each.uid for each in told}) == len(told)
        assert {each.starts_at.astimezone(zone).hour for each in told} == {0, 9}


class TestWhoReads:
    def test_an_address_that_was_never_made_opens_nothing(self) -> None:
        response = Client().get(address_of("nothing"))
        assert response.status_code == 404
        assert response["Content-Type"] == "application/problem+json"

    def test_who_guesses_is_told_to_wait(self, settings: Any) -> None:
        settings.API_CALLS_PER_MINUTE = 2
        answers = [Client().get(address_of(f"guess-{number}")) for number in range(3)]
        assert [answer.status_code for answer in answers] == [404, 404, 429]
        assert int(answers[-1]["Retry-After"]) > 0

    def test_only_the_digest_is_kept(self, member: Member) -> None:
        address = mine(member)
        feed = feed_behind(address)
        token = address.removeprefix("/api/v1/calendars/").removesuffix(".ics")
        assert len(token) >= 43
        assert token not in str(vars(feed))
        assert len(feed.hint) == 6

    def test_a_revoked_address_opens_nothing(self, row: Reservation, member: Member) -> None:
        address = mine(member)
        feed = feed_behind(address)
        revoke_feed(feed=feed, now=NOW)
        assert revoke_feed(feed=feed, now=NOW + DAY).revoked_at == NOW
        assert Client().get(address).status_code == 404
        assert len(read(mine(member))) == 1

    def test_who_has_lost_the_right_reads_nothing_any_more(self, machine: Machine) -> None:
        staff, delegate = staff_of(machine), DelegateFactory()
        addresses = [
            followed(staff, FeedKind.DUTY, space=machine.space),
            followed(delegate.member, FeedKind.COMPANY, company=delegate.company),
        ]
        assert {Client().get(each).status_code for each in addresses} == {200}
        staff.roles.all().delete()
        delegate.delete()
        assert {Client().get(each).status_code for each in addresses} == {404}

    def test_former_staff_reads_a_space_like_anybody(self, row: Reservation) -> None:
        staff = staff_of(row.machine)
        address = followed(staff, FeedKind.SPACE, space=row.machine.space)
        assert titles(address) == ["Speedy: Mira Maker"]
        staff.roles.all().delete()
        assert titles(address) == ["Speedy: Reserved"]

    def test_who_is_not_active_reads_nothing(self, member: Member) -> None:
        address = mine(member)
        Member.objects.filter(pk=member.pk).update(is_active=False)
        assert Client().get(address).status_code == 404


class TestAskingAgain:
    def test_nothing_new_is_told_in_a_word(self, row: Reservation, member: Member) -> None:
        address = mine(member)
        first = Client().get(address)
        assert first["Cache-Control"] == "private, no-cache"
        for header in (
            {"If-None-Match": first["ETag"]},
            {"If-None-Match": f"W/{first['ETag']}"},
            {"If-Modified-Since": first["Last-Modified"]},
        ):
            again = Client(headers=header).get(address)
            assert (again.status_code, again.content) == (304, b"")
            assert again["ETag"] == first["ETag"]

    @pytest.mark.parametrize(
        "change",
        [
            {"machine": {"name": "Trotec"}},
            {"machine__space": {"city": "Basel"}},
            {"member": {"name": "Mira Müller"}},
            {"self": {"purpose": "Boxes"}},
            {"self": {"state": ReservationState.IN_USE}},
            {"self": {"sequence": 1}},
            {"viewer": {"language": "fr"}},
        ],
    )
    def test_whatever_changes_is_told(
        self,
        row: Reservation,
        change: dict[str, dict[str, str]],
        clock: time_machine.Traveller,
    ) -> None:
        staff = staff_of(row.machine)
        address = followed(staff, FeedKind.MACHINE, machine=row.machine)
        first = Client().get(address)
        ((what, fields),) = change.items()
        target: Any = {
            "machine": row.machine,
            "machine__space": row.machine.space,
            "member": row.member,
            "self": row,
            "viewer": staff,
        }[what]
        type(target).objects.filter(pk=target.pk).update(**fields)
        # Even within the same second.
        for header in (
            {"If-None-Match": first["ETag"]},
            {"If-Modified-Since": first["Last-Modified"]},
        ):
            again = Client(headers=header).get(address)
            assert again.status_code == 200
            assert again["ETag"] != first["ETag"]

    def test_a_right_that_is_lost_is_a_change(self, row: Reservation) -> None:
        staff = staff_of(row.machine)
        address = followed(staff, FeedKind.MACHINE, machine=row.machine)
        first = Client().get(address)
        staff.roles.all().delete()
        again = Client(headers={"If-None-Match": first["ETag"]}).get(address)
        assert again.status_code == 200
        assert b"Mira" not in again.content

    def test_the_same_is_told_in_the_same_words(self, row: Reservation, member: Member) -> None:
        address = mine(member)
        assert Client().get(address).content == Client().get(address).content

    def test_reading_is_noted_once_an_hour(
        self, row: Reservation, member: Member, clock: time_machine.Traveller
    ) -> None:
        address = mine(member)
        assert feed_behind(address).last_read_at is None
        read(address)
        for minutes, noted in ((0, 0), (30, 0), (59, 0), (60, 60), (100, 60)):
            clock.move_to(NOW + timedelta(minutes=minutes))
            with CaptureQueriesContext(connection) as queries:
                read(address)
            assert feed_behind(address).last_read_at == NOW + timedelta(minutes=noted)
            written = [each for each in queries if each["sql"].startswith("UPDATE")]
            assert len(written) == (minutes == 60)

    def test_only_the_heads_can_be_asked_for(self, row: Reservation, member: Member) -> None:
        address = mine(member)
        told, heads = Client().get(address), Client().head(address)
        assert (heads.status_code, heads.content) == (200, b"")
        assert heads["ETag"] == told["ETag"]
        assert Client().post(address).status_code == 405

    def test_it_travels_compressed(self, row: Reservation, member: Member) -> None:
        response = Client(headers={"Accept-Encoding": "gzip"}).get(mine(member))
        assert response["Content-Encoding"] == "gzip"
        assert b"BEGIN:VEVENT" in gzip.decompress(response.content)

    def test_the_type_and_the_name_are_those_of_a_calendar(self, member: Member) -> None:
        response = Client().get(mine(member))
        assert response["Content-Type"] == "text/calendar; charset=utf-8"
        assert b"X-WR-CALNAME:My reservations" in response.content
        assert response["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("kind", "unchanged", "whole"),
    [
        (FeedKind.MINE, 2, 3),
        (FeedKind.COMPANY, 3, 4),
        (FeedKind.MACHINE, 5, 6),
        (FeedKind.SPACE, 5, 6),
        (FeedKind.DUTY, 3, 3),
    ],
)
def test_the_number_of_queries_is_fixed(
    machine: Machine, kind: FeedKind, unchanged: int, whole: int, count: int
) -> None:
    company = CompanyFactory()
    reader = DelegateFactory(company=company).member
    RoleFactory(member=reader, space=machine.space)
    for hours in range(count):
        ReservationFactory(
            machine=machine, member=reader, company=company, starts_at=TOMORROW + hours * HOUR
        )
    targets = {"machine": machine, "company": company, "space": machine.space}
    name = {FeedKind.DUTY: "space"}.get(kind, kind.value)
    address = followed(reader, kind, **{key: targets[key] for key in targets if key == name})
    etag = Client().get(address)["ETag"]
    for headers, expected in (({"If-None-Match": etag}, unchanged), ({}, whole)):
        with CaptureQueriesContext(connection) as captured:
            Client(headers=headers).get(address)
        assert len(captured) == expected, [each["sql"] for each in captured]


def test_one_life_is_told_by_mail_and_here_under_one_name(machine: Machine, member: Member) -> None:
    """A program that has one of the two takes the other for the same, and the latest for true."""
    MembershipFactory(member=member, space=machine.space)
    address, staff = mine(member), staff_of(machine)
    later = BookingRequest(starts_at=TOMORROW + 2 * DAY, ends_at=TOMORROW + 2 * DAY + HOUR)
    row = reserve(
        machine=machine,
        member=member,
        request=BookingRequest(starts_at=TOMORROW + DAY, ends_at=TOMORROW + DAY + HOUR),
        by=member,
        now=NOW,
    )
    told = [told_of(address)]
    for change in (
        lambda: move(reservation=row, request=later, by=member, now=NOW),
        lambda: cancel(reservation=row, by=member, now=NOW),
        lambda: restore(reservation=row, by=staff, now=NOW),
    ):
        change()
        told.append(told_of(address))
    assert [each.sequence for each in told] == [0, 1, 2, 3]
    assert {each.uid for each in told} == {f"{row.uid}@etabli"}
    assert [each.status for each in told] == ["CONFIRMED", "CONFIRMED", "CANCELLED", "CONFIRMED"]
    assert told[1].starts_at == told[3].starts_at == later.starts_at


def told_of(address: str) -> Read:
    """The one event, as the latest mail and the calendar tell it alike."""
    (here,) = read(address)
    latest = Message.objects.filter(context__has_key="event").latest("pk")
    (in_the_mail,) = with_vobject(render(latest).attachment)
    assert here[:4] == in_the_mail[:4]
    assert here.status == in_the_mail.status
    return here
