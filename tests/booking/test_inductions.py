"""Inductions: planned with machines, filled in order, decided about, concluded."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from booking.models import Induction, InductionPlace, ReminderRule, Reservation
from booking.queries.displacing import value_of
from booking.queries.inductions import (
    attendance_of,
    next_for,
    of_space,
    own_places,
    place_in_line,
    to_come,
    told,
)
from booking.reminding import is_wanted
from booking.services import inductions
from booking.services.changing import end_block
from booking.services.displacing import Outdated, plan_ahead
from booking.services.refusing import BookingRefused, TimeTaken
from booking.services.reminders import remind
from booking.services.reservations import cancel
from booking.states import (
    InductionKind,
    InductionState,
    PlaceState,
    ReminderEvent,
    ReservationKind,
)
from machines.models import Machine
from members.models import Certification, Member, Skill, SkillTerms
from notifications.models import Message
from notifications.states import MessageState
from tests.factories.booking import ReservationFactory
from tests.factories.inductions import InductionFactory, PlaceFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import (
    CertificationFactory,
    MemberFactory,
    RoleFactory,
    SkillFactory,
)
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
START = NOW + 3 * DAY


@pytest.fixture
def skill() -> Skill:
    return SkillFactory.create(name="Laser")


@pytest.fixture
def machine(skill: Skill) -> Machine:
    machine = MachineFactory.create(name="Speedy", space__languages=["en"])
    machine.skills.add(skill)
    return machine


@pytest.fixture
def staff(machine: Machine) -> Member:
    return RoleFactory.create(space=machine.space).member


def new(machine: Machine, skill: Skill, **more: Any) -> Induction:
    """One that is not saved yet."""
    fields = {"starts_at": START, "seats": 2, "minimum": 2} | more
    return InductionFactory.build(space=machine.space, skill=skill, created_by=None, **fields)


def plan(machine: Machine, skill: Skill, by: Member, *also: Machine, **more: Any) -> Induction:
    return inductions.plan(
        new(machine, skill, **more), machines=[machine, *also], choices={}, by=by, now=NOW
    )


def join(induction: Induction, member: Member | None = None, **more: Any) -> InductionPlace:
    member = member or MemberFactory.create()
    return inductions.join(
        induction=induction, member=member, by=more.get("by", member), now=more.get("now", NOW)
    )


def states(induction: Induction) -> list[str]:
    return [place.state for place in induction.places.order_by("pk")]


def mails(kind: str) -> list[Message]:
    return list(Message.objects.filter(kind=kind).order_by("pk"))


class TestPlanning:
    def test_its_machines_are_held_together(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        other = MachineFactory.create(space=machine.space)
        made = plan(machine, skill, staff, other)
        rows = list(made.blocks)
        assert {row.machine for row in rows} == {machine, other}
        assert {row.kind for row in rows} == {ReservationKind.WORKSHOP}
        assert {row.bundle_id for row in rows} == {made.bundle_id}
        assert {row.purpose for row in rows} == {"Laser"}

    def test_it_may_take_no_machine(self, machine: Machine, skill: Skill, staff: Member) -> None:
        made = inductions.plan(new(machine, skill), machines=[], choices={}, by=staff, now=NOW)
        assert made.bundle_id is None
        assert not made.blocks.exists()

    def test_a_block_in_the_way_keeps_its_time(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        ReservationFactory.create(
            machine=machine, member=None, kind=ReservationKind.MAINTENANCE, starts_at=START
        )
        with pytest.raises(TimeTaken):
            plan(machine, skill, staff)
        assert not Induction.objects.exists()

    def test_what_is_reserved_is_displaced_only_as_chosen(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        row = ReservationFactory.create(machine=machine, starts_at=START)
        with pytest.raises(Outdated):
            plan(machine, skill, staff)
        draft = new(machine, skill)
        seen = plan_ahead(inductions.induction_taking([machine], draft.span), now=NOW)
        choices = {case.key: value_of(case.options[-1]) for case in seen.cases}
        made = inductions.plan(draft, machines=[machine], choices=choices, by=staff, now=NOW)
        row.refresh_from_db()
        assert row.state == "cancelled"
        assert made.blocks.count() == 1

    def test_strangers_plan_nothing(self, machine: Machine, skill: Skill) -> None:
        with pytest.raises(BookingRefused):
            plan(machine, skill, MemberFactory.create())

    @pytest.mark.parametrize(
        "wrong",
        [
            {"minimum": 3},
            {"minimum": 0},
            {"ends_at": START},
            {"decide_at": START + HOUR},
            {"state": InductionState.CANCELLED},
        ],
    )
    def test_the_database_keeps_it_in_order(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            InductionFactory.create(starts_at=START, **wrong)


class TestSeats:
    def test_they_are_given_in_order_and_then_there_is_a_line(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        made = plan(machine, skill, staff)
        places = [join(made) for _ in range(4)]
        assert [place.state for place in places] == ["seated", "seated", "waiting", "waiting"]
        assert [place_in_line(place) for place in places[2:]] == [1, 2]
        assert len(mails("induction_seat")) == 2

    def test_a_freed_seat_goes_to_the_first_who_waits(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        made = plan(machine, skill, staff)
        first, _second, third, _fourth = [join(made) for _ in range(4)]
        inductions.leave(place=first, by=first.member, now=NOW + HOUR)
        assert states(made) == ["left", "seated", "seated", "waiting"]
        told = mails("induction_seat")[-1]
        assert (told.recipient_id, told.context["moved_up"]) == (third.member_id, True)
        assert mails("induction_seat")[0].state == MessageState.WITHDRAWN

    def test_who_waits_and_leaves_frees_nothing(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        made = plan(machine, skill, staff)
        places = [join(made) for _ in range(4)]
        inductions.leave(place=places[2], by=places[2].member, now=NOW)
        assert states(made) == ["seated", "seated", "left", "waiting"]
        assert place_in_line(places[3]) == 1
        join(made, places[2].member)
        assert states(made) == ["seated", "seated", "left", "waiting", "waiting"]

    def test_nobody_has_two(self, machine: Machine, skill: Skill, staff: Member) -> None:
        made = plan(machine, skill, staff)
        place = join(made)
        with pytest.raises(BookingRefused, match="NOT_ALLOWED"):
            join(made, place.member)

    def test_once_it_has_begun_seats_are_for_staff_to_give(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        made = plan(machine, skill, staff)
        place = join(made)
        for attempt in (
            lambda: join(made, now=START),
            lambda: inductions.leave(place=place, by=place.member, now=START),
        ):
            with pytest.raises(BookingRefused):
                attempt()
        late = join(made, MemberFactory.create(), by=staff, now=START)
        assert late.state == PlaceState.SEATED
        waiting = join(made, MemberFactory.create(), by=staff, now=START)
        inductions.leave(place=place, by=staff, now=START)
        waiting.refresh_from_db()
        assert waiting.state == PlaceState.WAITING

    def test_others_neither_take_nor_give_back(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        made = plan(machine, skill, staff)
        place, stranger = join(made), MemberFactory.create()
        with pytest.raises(BookingRefused):
            join(made, MemberFactory.create(), by=stranger)
        with pytest.raises(BookingRefused):
            inductions.leave(place=place, by=stranger, now=NOW)
        inductions.leave(place=place, by=staff, now=NOW)
        with pytest.raises(BookingRefused):
            inductions.leave(place=place, by=staff, now=NOW)

    def test_a_refresher_is_for_who_had_it(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        made = plan(machine, skill, staff, kind=InductionKind.REFRESHER)
        with pytest.raises(BookingRefused):
            join(made)
        lapsed = CertificationFactory.create(skill=skill, end_date=date(2021, 1, 1))
        assert join(made, lapsed.member).state == PlaceState.SEATED


class TestDeciding:
    def test_too_few_people_and_it_is_cancelled_once(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        made = plan(machine, skill, staff)
        place = join(made)
        assert inductions.decide(made.decide_at - HOUR) == 0
        assert [inductions.decide(made.decide_at) for _ in range(2)] == [1, 0]
        made.refresh_from_db()
        assert made.state == InductionState.CANCELLED
        assert not made.blocks.exists()
        assert Reservation.objects.get().state == "cancelled"
        [told] = mails("induction_cancelled")
        assert told.recipient_id == place.member_id
        assert told.context["reason"] == "Too few people asked for a seat."
        assert told.context["event"]["method"] == "CANCEL"
        assert told.context["machine"] == "Speedy"

    def test_the_reason_is_told_in_the_language_of_the_reader(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        made = plan(machine, skill, staff)
        join(made, MemberFactory.create(language="de"))
        inductions.decide(made.decide_at)
        assert mails("induction_cancelled")[0].context["reason"].startswith("Zu wenige")

    def test_enough_people_and_it_takes_place(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        made = plan(machine, skill, staff)
        places = [join(made), join(made)]
        assert inductions.decide(made.decide_at) == 1
        inductions.leave(place=places[0], by=places[0].member, now=made.decide_at + HOUR)
        assert inductions.decide(made.decide_at + HOUR) == 0
        made.refresh_from_db()
        assert made.state == InductionState.CONFIRMED

    def test_a_job_that_comes_too_late_sends_nobody_home(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        made = plan(machine, skill, staff)
        join(made)
        inductions.decide(START + HOUR)
        made.refresh_from_db()
        assert made.state == InductionState.CONFIRMED
        assert mails("induction_cancelled") == []

    def test_without_its_machines_it_does_not_take_place(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        made = plan(machine, skill, staff)
        join(made)
        cancel(reservation=made.blocks.get(), by=staff, now=NOW)
        assert [inductions.decide(NOW) for _ in range(2)] == [1, 0]
        assert mails("induction_cancelled")[0].context["reason"] == "The machines are not free."

    def test_with_one_machine_less_it_takes_place_where_that_can_be_taught(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        other = MachineFactory.create(space=machine.space, name="Plotter")
        made = plan(machine, skill, staff, other)
        place = join(made)
        end_block(made.blocks.get(machine=other), by=staff, now=NOW)
        assert [inductions.decide(NOW) for _ in range(2)] == [1, 0]
        told = mails("induction_changed")
        assert {each.recipient for each in told} == {place.member, staff}
        assert {(each.context["without"], each.context["machine"]) for each in told} == {
            ("Plotter", "Speedy")
        }
        end_block(made.blocks.get(), by=staff, now=NOW)
        assert inductions.decide(NOW) == 1
        assert mails("induction_cancelled")[0].context["reason"] == "The machines are not free."

    def test_without_the_machine_that_it_is_about_it_does_not(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        made = plan(machine, skill, staff, MachineFactory.create(space=machine.space))
        end_block(made.blocks.get(machine=machine), by=staff, now=NOW)
        inductions.decide(NOW)
        made.refresh_from_db()
        assert made.state == InductionState.CANCELLED
        assert not made.blocks.exists()

    def test_one_that_goes_wrong_keeps_no_other_back(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        broken = InductionFactory.create(
            space=SpaceFactory.create(timezone="Nowhere"), starts_at=NOW + HOUR, minimum=2
        )
        PlaceFactory.create(induction=broken)
        fine = plan(machine, skill, staff, starts_at=NOW + 2 * HOUR, decide_at=NOW)
        inductions.decide(NOW)
        fine.refresh_from_db()
        assert fine.state == InductionState.CANCELLED


class TestCallingToMind:
    def due(self, now: datetime) -> list[Message]:
        remind(now, [ReminderEvent.INDUCTION])
        return mails("induction_reminder")

    def test_who_has_a_seat_is_reminded_a_day_before_and_as_rules_and_people_say(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        made = plan(machine, skill, staff)
        first = join(made)
        early = join(made, MemberFactory.create(reminder_offset=2 * DAY))
        join(made)
        assert [each.recipient for each in self.due(START - 2 * DAY)] == [early.member]
        told = self.due(START - DAY)
        assert [each.recipient for each in told] == [early.member, first.member]
        assert len(self.due(START - HOUR)) == 2
        assert all(is_wanted(each) for each in told)
        ReminderRule.objects.create(
            space=machine.space, event=ReminderEvent.INDUCTION, offset=2 * HOUR
        )
        assert len(self.due(START - HOUR)) == 3

    def test_who_gave_the_seat_back_or_has_just_got_it_is_not(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        made = plan(machine, skill, staff)
        place = join(made)
        [told] = self.due(START - DAY)
        inductions.leave(place=place, by=place.member, now=START - DAY)
        told.refresh_from_db()
        assert (told.state, is_wanted(told)) == (MessageState.WITHDRAWN, False)
        join(made, now=START - HOUR)
        assert len(self.due(START - HOUR)) == 1

    def test_nobody_is_reminded_of_one_that_is_called_off(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        made = plan(machine, skill, staff)
        join(made)
        [told] = self.due(START - DAY)
        inductions.call_off(induction=made, reason="", by=staff, now=START - DAY)
        told.refresh_from_db()
        assert (told.state, is_wanted(told)) == (MessageState.WITHDRAWN, False)


class TestCallingOff:
    def test_everybody_is_told_and_the_machines_are_free(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        made = plan(machine, skill, staff)
        for _ in range(3):
            join(made)
        inductions.call_off(induction=made, reason="Teacher is ill", by=staff, now=NOW)
        assert {told.context["reason"] for told in mails("induction_cancelled")} == {
            "Teacher is ill"
        }
        assert len(mails("induction_cancelled")) == 3
        assert not made.blocks.exists()
        with pytest.raises(BookingRefused):
            inductions.call_off(induction=made, reason="again", by=staff, now=NOW)
        with pytest.raises(BookingRefused):
            join(made)

    def test_one_under_way_keeps_what_took_place(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        made = plan(machine, skill, staff)
        inductions.call_off(induction=made, reason="Fire", by=staff, now=START + HOUR)
        row = Reservation.objects.get()
        assert (row.state, row.ends_at) == ("confirmed", START + HOUR)

    def test_strangers_call_nothing_off(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        made = plan(machine, skill, staff)
        with pytest.raises(BookingRefused):
            inductions.call_off(induction=made, reason="", by=MemberFactory.create(), now=NOW)


class TestConcluding:
    def results(self, induction: Induction, *told: PlaceState) -> dict[int, PlaceState]:
        return dict(
            zip(induction.places.order_by("pk").values_list("pk", flat=True), told, strict=True)
        )

    def test_who_passed_is_certified_in_the_same_step(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        SkillTerms.objects.create(space=machine.space, skill=skill, validity_months=12)
        made = plan(machine, skill, staff, seats=3)
        passed, _failed, _absent = [join(made) for _ in range(3)]
        results = self.results(made, PlaceState.PASSED, PlaceState.FAILED, PlaceState.ABSENT)
        for _ in range(2):
            inductions.conclude(induction=made, results=results, by=staff, now=START + HOUR)
        row = Certification.objects.get()
        assert (row.member_id, row.granted_by, row.space) == (
            passed.member_id, staff, machine.space,
        )  # fmt: skip
        assert (row.start_date, row.end_date) == (date(2026, 5, 7), date(2027, 5, 7))
        assert row.place.induction == made
        made.refresh_from_db()
        assert made.state == InductionState.DONE
        assert states(made) == ["passed", "failed", "absent"]

    def test_what_was_said_wrong_is_mended_but_no_certification_lost(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        made = plan(machine, skill, staff)
        join(made)
        join(made)
        for said in (
            (PlaceState.PASSED, PlaceState.ABSENT),
            (PlaceState.FAILED, PlaceState.PASSED),
        ):
            results = self.results(made, *said)
            inductions.conclude(induction=made, results=results, by=staff, now=START)
        assert states(made) == ["passed", "passed"]
        assert Certification.objects.count() == 2

    def test_it_stays_open_while_somebody_is_not_said(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        made = plan(machine, skill, staff)
        place, _other = join(made), join(made)
        for result in (PlaceState.SEATED, PlaceState.PASSED):
            inductions.conclude(induction=made, results={place.pk: result}, by=staff, now=START)
        made.refresh_from_db()
        assert made.state == InductionState.PLANNED

    def test_not_before_it_begins_nor_once_cancelled_nor_by_strangers(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        made = plan(machine, skill, staff)
        for by, moment in ((staff, NOW), (MemberFactory.create(), START)):
            with pytest.raises(BookingRefused):
                inductions.conclude(induction=made, results={}, by=by, now=moment)
        inductions.call_off(induction=made, reason="x", by=staff, now=NOW)
        with pytest.raises(BookingRefused):
            inductions.conclude(induction=made, results={}, by=staff, now=START)


class TestReading:
    @pytest.mark.parametrize("number", [1, 3])
    def test_a_fixed_number_of_queries(
        self, machine: Machine, skill: Skill, staff: Member, number: int,
        django_assert_num_queries: Any,
    ) -> None:  # fmt: skip
        member = MemberFactory.create()
        starts = [START + each * 3 * HOUR for each in range(number)]
        for start in reversed(starts):
            join(plan(machine, skill, staff, starts_at=start), member)
        with django_assert_num_queries(3):
            found = told(to_come(NOW), member)
        assert [each.row.starts_at for each in found] == starts
        assert [each.place is not None for each in found] == [True] * number
        assert {each.free for each in found} == {1}
        assert {each.machines for each in found} == {(machine,)}
        with django_assert_num_queries(1):
            assert len(list(own_places(member, NOW))) == number
        with django_assert_num_queries(2):
            assert len(told(of_space(machine.space, skill=skill.slug))) == number

    def test_it_is_found_by_space_machine_and_skill(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        made = plan(machine, skill, staff)
        InductionFactory.create(starts_at=START)
        space = machine.space.slug
        assert list(to_come(NOW, space=space, machine=machine.slug)) == [made]
        assert list(to_come(NOW, skill=skill.slug)) == [made]
        assert not to_come(NOW, space=space, machine="other").exists()
        assert not to_come(START, space=space).exists()
        machine.space.is_listed = False
        machine.space.save()
        assert not to_come(NOW, space=space).exists()

    def test_the_next_one_teaches_what_is_missing(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        assert next_for(machine, NOW) is None
        plan(machine, skill, staff, kind=InductionKind.REFRESHER)
        later = plan(machine, skill, staff, starts_at=START + DAY)
        assert next_for(machine, NOW) == later
        assert str(later).startswith("Laser, ")

    def test_the_list_has_those_with_a_seat_first(
        self, machine: Machine, skill: Skill, staff: Member
    ) -> None:
        made = plan(machine, skill, staff, seats=1, minimum=1)
        first, second, third = [join(made) for _ in range(3)]
        inductions.leave(place=first, by=first.member, now=NOW)
        assert attendance_of(made) == [second, third, first]
        assert str(second).startswith(str(second.member))
