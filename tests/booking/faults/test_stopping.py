"""What a fault does to reservations: refused, displaced, told, and given back."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from booking.facts import BookingRequest
from booking.models import Displacement, Offer, Reservation
from booking.queries.availability import machine_times, state_now
from booking.queries.facts import facts_for
from booking.queries.slots import first_slots
from booking.queries.stops import coming_after_all, coming_in_vain
from booking.queries.terms import terms_of_many
from booking.rules import check
from booking.services import stopping
from booking.services.displacing import plan_ahead
from booking.services.fault_care import assign, close_as_duplicate, comment
from booking.services.offering import offer_freed
from booking.services.refusing import BookingRefused
from booking.services.reporting import Report, TooManyReports, report_at_machine
from booking.services.stopping import (
    judge_and_displace,
    look_after_faults,
    open_again,
    plan_of_judgement,
    resolve,
)
from booking.services.taking import block_taking, take_out
from booking.states import DisplacementState, MachineState, ReservationState, WayOut
from machines.models import Fault, Machine, Pool
from machines.services.dependencies import add_need
from machines.services.faults import Judgement, Repair, report_fault
from machines.states import Found, Severity
from members.models import Member
from members.states import Audience
from notifications.models import Message
from notifications.rendering import render
from spaces.intervals import Interval
from tests.booking.test_displaced import chosen
from tests.factories.booking import ReservationFactory, UsageSessionFactory, WishFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory, RoleFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def laser() -> Machine:
    return MachineFactory(name="Laser")


@pytest.fixture
def extraction(laser: Machine) -> Machine:
    found = MachineFactory(name="Extraction", space=laser.space)
    add_need(machine=laser, needs=found, now=NOW)
    return found


@pytest.fixture
def staff(laser: Machine) -> Member:
    return RoleFactory(space=laser.space, member__name="Sam Staff").member


@pytest.fixture
def maker() -> Member:
    return MemberFactory(name="Mira Maker")


def stops(until: datetime | None = None) -> Judgement:
    return Judgement(severity=Severity.SERIOUS, stops_machine=True, expected_at=until)


WORKS = Judgement(severity=Severity.HAMPERS, stops_machine=False)


def reserved(machine: Machine, member: Member, start: datetime, **fields: object) -> Reservation:
    return ReservationFactory(
        machine=machine, member=member, starts_at=start, ends_at=start + 2 * HOUR, **fields
    )


def found(machine: Machine, by: Member | None = None, *, hazard: bool = False) -> Fault:
    report = Report(summary="Sparks", found=Found.FOUND, is_hazard=hazard)
    return report_at_machine(machine=machine, report=report, by=by, now=NOW)


def judged(
    fault: Fault,
    judgement: Judgement,
    staff: Member,
    way: WayOut = WayOut.LATER,
    now: datetime = NOW,
    *,
    ends_use: bool = False,
) -> Fault:
    plan = plan_of_judgement(fault, judgement, by=staff, now=now)
    return judge_and_displace(
        fault=fault,
        judgement=judgement,
        choices=chosen(plan, way),
        ends_use=ends_use,
        by=staff,
        now=now,
    )


def told(kind: str) -> list[Member | None]:
    rows = Message.objects.filter(kind=kind, state="pending").select_related("recipient")
    return [row.recipient for row in rows.order_by("pk")]  # type: ignore[misc]


def letters(kind: str) -> list[str]:
    return [render(row).text for row in Message.objects.filter(kind=kind).order_by("pk")]


def send(kinds: Iterable[str]) -> None:
    Message.objects.filter(kind__in=kinds, state="pending").update(state="sent")


class TestRules:
    """Nobody may reserve what stands still, until it is expected to work."""

    def refusal(self, machine: Machine, member: Member, start: datetime) -> str:
        request = BookingRequest(starts_at=start, ends_at=start + HOUR)
        facts = facts_for(
            machine=machine, request=request, member=member, by=member, company=None, now=NOW
        )
        codes = {each.code: each.message for each in check(request, facts)}
        return codes.get("MACHINE_OUT_OF_SERVICE", "")  # type: ignore[call-overload]

    def test_the_reason_is_told(
        self, laser: Machine, extraction: Machine, staff: Member, maker: Member
    ) -> None:
        fault = report_fault(
            machine=extraction, summary="Dust", stops_machine=True, by=staff, now=NOW
        )
        assert self.refusal(laser, maker, NOW + 9 * DAY) == (
            "The machine needs Extraction, which is out of order. "
            "It can be booked again once it is repaired."
        )
        judged(fault, stops(NOW + 2 * DAY), staff)
        assert self.refusal(extraction, maker, NOW + DAY) == (
            "The machine is out of order. It is expected to work again from Wed 6 May 10:00."
        )
        assert "needs Extraction" in self.refusal(laser, maker, NOW + DAY)
        assert self.refusal(laser, maker, NOW + 2 * DAY) == ""

    def test_once_it_should_work_and_does_not_nobody_knows(
        self, laser: Machine, maker: Member
    ) -> None:
        report_fault(
            machine=laser, summary="Dark", stops_machine=True, by=None, now=NOW - DAY,
            expected_at=NOW,
        )  # fmt: skip
        assert "once it is repaired" in self.refusal(laser, maker, NOW + 5 * DAY)

    def test_its_own_fault_is_told_before_that_of_another(
        self, laser: Machine, extraction: Machine, maker: Member
    ) -> None:
        for machine in (laser, extraction):
            report_fault(machine=machine, summary="x", stops_machine=True, by=None, now=NOW)
        assert self.refusal(laser, maker, NOW + DAY).startswith("The machine is out of order.")


class TestAvailability:
    """The calendar, the search and the state say the same."""

    def test_it_is_down_until_it_is_expected_to_work(
        self, laser: Machine, extraction: Machine
    ) -> None:
        until = NOW + 2 * DAY
        report_fault(
            machine=extraction, summary="Dust", stops_machine=True, by=None, now=NOW,
            expected_at=until,
        )  # fmt: skip
        machines = [laser, extraction]
        terms = terms_of_many(machines, audience=Audience.MAKER)
        now = state_now(machines, terms=terms, now=NOW)
        assert [now[each.pk] for each in machines] == [(MachineState.DOWN, until)] * 2
        window = Interval(NOW, NOW + 3 * DAY)
        time = machine_times([laser], window, terms=terms, now=NOW)[laser.pk]
        assert time.down == (Interval(NOW, until),)
        assert [(stop.needs, stop.until) for stop in time.stops] == [("Extraction", until)]
        assert time.free == (Interval(until, NOW + 3 * DAY),)
        page = first_slots(
            machines=Machine.objects.filter(pk=laser.pk),
            length=HOUR,
            window_in=lambda _zone: window,
            audience=Audience.MAKER,
            now=NOW,
            limit=1,
        )
        assert [slot.interval.start for slot in page.slots] == [until]

    def test_two_stops_end_with_the_longer_one_if_both_are_known(self, laser: Machine) -> None:
        terms = terms_of_many([laser], audience=Audience.MAKER)
        for expected in (NOW + DAY, NOW + 2 * DAY):
            report_fault(
                machine=laser, summary="x", stops_machine=True, by=None, now=NOW,
                expected_at=expected,
            )  # fmt: skip
        assert state_now([laser], terms=terms, now=NOW)[laser.pk].until == NOW + 2 * DAY
        report_fault(machine=laser, summary="x", stops_machine=True, by=None, now=NOW)
        assert state_now([laser], terms=terms, now=NOW)[laser.pk].until is None


class TestReports:
    """Whoever stands at the machine is heard, and cannot displace anybody."""

    def test_the_staff_is_told_and_the_machine_goes_on(
        self, laser: Machine, staff: Member, maker: Member
    ) -> None:
        found(laser, maker)
        assert told("fault_reported") == [staff]
        assert "Sparks" in letters("fault_reported")[0]
        assert "Reported by: Mira Maker" in letters("fault_reported")[0]
        assert not laser.stoppages.exists()

    def test_a_hazard_stops_it_and_all_that_need_it_at_once(
        self, laser: Machine, extraction: Machine, staff: Member, maker: Member
    ) -> None:
        soon = reserved(laser, maker, NOW + HOUR)
        reserved(laser, MemberFactory(), NOW + 9 * DAY)
        found(extraction, hazard=True)
        assert laser.stoppages.open().exists()
        soon.refresh_from_db()
        assert soon.state == ReservationState.CONFIRMED
        assert told("machine_stopped") == [maker]
        letter = letters("machine_stopped")[0]
        assert "Extraction is out of order at the moment" in letter
        # Words that the staff has not seen are shown to nobody else.
        assert "Sparks" not in letter
        assert "Safety hazard" in render(Message.objects.get(kind="fault_reported")).subject

    def test_units_of_a_pool_take_over_at_once(self, laser: Machine, maker: Member) -> None:
        pool = Pool.objects.create(space=laser.space, slug="lasers", name="Lasers")
        twin = MachineFactory(space=laser.space, category=laser.category, pool=pool)
        laser.pool = pool
        laser.save()
        row = reserved(laser, maker, NOW + HOUR, pool=pool)
        found(laser, hazard=True)
        row.refresh_from_db()
        assert row.machine == twin
        assert told("machine_stopped") == []

    def test_what_was_mended_is_told_with_thanks(self, laser: Machine, staff: Member) -> None:
        report = Report(summary="Belt", found=Found.FIXED, is_hazard=True)
        fault = report_at_machine(machine=laser, report=report, by=None, now=NOW)
        assert not fault.is_open
        assert "Somebody has mended Laser" in letters("fault_reported")[0]

    def test_too_many_without_a_name_are_not_taken(self, laser: Machine, maker: Member) -> None:
        for _ in range(3):
            found(laser)
        with pytest.raises(TooManyReports):
            found(laser)
        found(laser, maker)
        found(MachineFactory(space=laser.space))
        later = Report(summary="Again", found=Found.FOUND)
        report_at_machine(machine=laser, report=later, by=None, now=NOW + 2 * HOUR)
        for _ in range(9):
            found(laser, maker)
        with pytest.raises(TooManyReports):
            found(laser, maker)

    def test_without_a_name_nobody_stops_a_whole_space(
        self, laser: Machine, staff: Member, maker: Member
    ) -> None:
        others = MachineFactory.create_batch(4, space=laser.space)
        assert all(found(each, hazard=True).stops_machine for each in others[:3])
        fault = found(laser, hazard=True)
        assert (fault.stops_machine, fault.severity) == (False, Severity.SERIOUS)
        assert not laser.stoppages.exists()
        assert "Laser is NOT stopped" in letters("fault_reported")[-1]
        # Whoever gives their name stops it, and so does the staff of another space's people.
        assert found(others[3], maker, hazard=True).stops_machine
        assert found(MachineFactory(), hazard=True).stops_machine
        told = Report(summary="Smoke", found=Found.FOUND, is_hazard=True)
        late = report_at_machine(machine=laser, report=told, by=None, now=NOW + 2 * HOUR)
        assert late.stops_machine
        judged(fault, Judgement(severity=Severity.MINOR, stops_machine=False), staff)
        fault.refresh_from_db()
        assert not fault.is_unstopped_hazard


class TestCascade:
    """From the judgement to the proposals, and back when it is mended."""

    def test_only_what_lies_before_the_expected_end_is_displaced(
        self, laser: Machine, extraction: Machine, staff: Member, maker: Member
    ) -> None:
        fault = found(extraction, maker)
        near = reserved(laser, MemberFactory(), NOW + DAY)
        far = reserved(laser, MemberFactory(), NOW + 5 * DAY)
        plan = plan_of_judgement(fault, stops(NOW + 3 * DAY), by=staff, now=NOW)
        assert [case.key for case in plan.cases] == [near.pk]
        assert not laser.stoppages.exists()
        judged(fault, stops(NOW + 3 * DAY), staff)
        for row in (near, far):
            row.refresh_from_db()
        assert near.state == ReservationState.HELD
        assert near.starts_at >= NOW + 3 * DAY
        assert far.state == ReservationState.CONFIRMED
        assert Displacement.objects.get().reason == "Sparks"
        assert told("fault_news") == [maker]
        assert "it is out of service" in letters("fault_news")[0]

    def test_longer_displaces_more_and_shorter_gives_back(
        self, laser: Machine, staff: Member
    ) -> None:
        fault = found(laser)
        rows = [reserved(laser, MemberFactory(), NOW + days * DAY) for days in (1, 3)]
        judged(fault, stops(NOW + 2 * DAY), staff)
        assert Displacement.objects.count() == 1
        judged(fault, stops(NOW + 4 * DAY), staff)
        assert Displacement.objects.filter(state=DisplacementState.OPEN).count() == 2
        judged(fault, stops(NOW + 2 * DAY), staff)
        for row in rows:
            row.refresh_from_db()
        assert [row.state for row in rows] == [ReservationState.HELD, ReservationState.CONFIRMED]
        assert rows[1].starts_at == NOW + 3 * DAY

    def test_mended_earlier_withdraws_the_proposals(
        self, laser: Machine, extraction: Machine, staff: Member, maker: Member
    ) -> None:
        row = reserved(laser, maker, NOW + DAY)
        fault = found(extraction)
        judged(fault, stops(NOW + 3 * DAY), staff)
        send(["displaced_proposed"])
        repair = Repair(text="New bag", minutes=10)
        done = resolve(fault=fault, repair=repair, by=staff, now=NOW + HOUR)
        row.refresh_from_db()
        assert (row.state, row.starts_at) == (ReservationState.CONFIRMED, NOW + DAY)
        assert Displacement.objects.get().state == DisplacementState.RESTORED
        assert (done.resolution, done.minutes_spent) == ("New bag", 10)
        assert not laser.stoppages.open().exists()
        again = resolve(fault=fault, by=staff, now=NOW + 2 * HOUR)
        assert again.ends_at == NOW + HOUR

    def test_what_somebody_else_has_by_now_stays_proposed(
        self, laser: Machine, staff: Member, maker: Member
    ) -> None:
        reserved(laser, maker, NOW + DAY)
        fault = found(laser)
        judged(fault, stops(NOW + 3 * DAY), staff)
        reserved(laser, MemberFactory(), NOW + DAY)
        resolve(fault=fault, by=staff, now=NOW + HOUR)
        assert Displacement.objects.get().state == DisplacementState.OPEN

    def test_use_that_goes_on_may_be_ended(
        self, laser: Machine, extraction: Machine, staff: Member
    ) -> None:
        session = UsageSessionFactory(machine=laser, started_at=NOW - HOUR)
        fault = found(extraction)
        judged(fault, stops(), staff)
        session.refresh_from_db()
        assert session.ended_at is None
        judged(fault, stops(), staff, ends_use=True)
        session.refresh_from_db()
        assert session.ended_at == NOW

    def test_judged_harmless_it_works_and_all_are_told(
        self, laser: Machine, staff: Member, maker: Member
    ) -> None:
        row = reserved(laser, maker, NOW + HOUR)
        fault = found(laser, hazard=True)
        send(["machine_stopped"])
        assert coming_after_all([laser], now=NOW) == []
        judged(fault, WORKS, staff)
        assert coming_after_all([laser], now=NOW) == [row]
        assert told("machine_works") == [maker]
        assert "can be used as you reserved it" in letters("machine_works")[0]

    def test_who_was_not_told_yet_need_not_be(
        self, laser: Machine, staff: Member, maker: Member
    ) -> None:
        reserved(laser, maker, NOW + HOUR)
        fault = found(laser, hazard=True)
        resolve(fault=fault, by=staff, now=NOW)
        assert told("machine_stopped") == told("machine_works") == []

    def test_opened_again_it_stands_still_from_now_on(
        self, laser: Machine, staff: Member, maker: Member
    ) -> None:
        fault = found(laser, maker, hazard=True)
        resolve(fault=fault, by=staff, now=NOW + HOUR)
        reserved(laser, MemberFactory(name="Luc"), NOW + 5 * HOUR)
        open_again(fault=fault, text="Still sparks", by=staff, now=NOW + 2 * HOUR)
        assert laser.stoppages.open().count() == 1
        assert [str(each) for each in told("machine_stopped")] == ["Luc"]
        assert told("fault_news") == [maker, maker]
        assert "Still sparks" in letters("fault_news")[1]

    def test_time_that_comes_back_is_offered_to_who_waits(
        self, laser: Machine, staff: Member, maker: Member
    ) -> None:
        fault = report_fault(machine=laser, summary="x", stops_machine=True, by=staff, now=NOW)
        wish = WishFactory(machine=laser, member=maker, earliest_at=NOW + DAY)
        offer_freed(NOW)
        assert not Offer.objects.exists()
        resolve(fault=fault, by=staff, now=NOW)
        offer_freed(NOW)
        assert Offer.objects.get().entry == wish

    def test_what_needs_a_machine_is_blocked_with_it(
        self, laser: Machine, extraction: Machine, staff: Member, maker: Member
    ) -> None:
        row = reserved(laser, maker, NOW + DAY)
        span = Interval(NOW + DAY, NOW + DAY + HOUR)
        plan = plan_ahead(block_taking(extraction, span), now=NOW)
        rows = take_out(
            machine=extraction,
            span=span,
            purpose="New bag",
            choices=chosen(plan, WayOut.CANCEL),
            by=staff,
            now=NOW,
        )
        row.refresh_from_db()
        assert {each.machine for each in rows} == {laser, extraction}
        assert row.state == ReservationState.CANCELLED

    def test_strangers_do_nothing(self, laser: Machine, maker: Member) -> None:
        fault = found(laser)
        with pytest.raises(BookingRefused):
            judge_and_displace(
                fault=fault, judgement=stops(), choices={}, ends_use=False, by=maker, now=NOW
            )
        with pytest.raises(BookingRefused):
            resolve(fault=fault, by=maker, now=NOW)
        with pytest.raises(BookingRefused):
            open_again(fault=fault, text="", by=maker, now=NOW)
        with pytest.raises(BookingRefused):
            comment(fault=fault, text="x", is_shared=True, by=maker, now=NOW)


class TestCare:
    """Who is told what about the work."""

    def test_who_is_to_look_after_it_is_told(self, laser: Machine, staff: Member) -> None:
        colleague = RoleFactory(space=laser.space).member
        fault = found(laser)
        assign(fault=fault, to=staff, by=staff, now=NOW)
        assert told("fault_assigned") == []
        assign(fault=fault, to=colleague, by=staff, now=NOW)
        assert told("fault_assigned") == [colleague]
        assert "Sam Staff asks you to look after Laser." in letters("fault_assigned")[0]
        with pytest.raises(BookingRefused):
            assign(fault=fault, to=MemberFactory(), by=staff, now=NOW)

    def test_comments_reach_the_reporter_where_they_are_shared(
        self, laser: Machine, staff: Member, maker: Member
    ) -> None:
        fault = found(laser, maker)
        comment(fault=fault, text="Between us", is_shared=False, by=staff, now=NOW)
        assert told("fault_news") == []
        comment(fault=fault, text="The part is ordered", is_shared=True, by=staff, now=NOW)
        assert told("fault_news") == [maker]
        assert "The part is ordered" in letters("fault_news")[0]

    def test_who_reported_the_same_hears_how_it_goes_on(
        self, laser: Machine, staff: Member, maker: Member
    ) -> None:
        original, second = found(laser), found(laser, maker)
        close_as_duplicate(fault=second, original=original, by=staff, now=NOW)
        assert "had reported the same" in letters("fault_news")[0]
        resolve(fault=original, by=staff, now=NOW)
        assert told("fault_news") == [maker, maker]


class TestJob:
    """What is late is asked about, and who comes to a machine that stands still is told."""

    def test_the_staff_is_asked_once_and_again_after_a_new_date(
        self, laser: Machine, staff: Member
    ) -> None:
        fault = found(laser)
        judged(fault, stops(NOW + DAY), staff)
        assert look_after_faults(NOW + DAY - HOUR) == 0
        assert look_after_faults(NOW + DAY) == 1
        assert look_after_faults(NOW + DAY + HOUR) == 0
        assert "was to be mended by" in letters("fault_overdue")[0]
        colleague = RoleFactory(space=laser.space).member
        assign(fault=fault, to=colleague, by=staff, now=NOW + DAY)
        judged(fault, stops(NOW + 2 * DAY), staff, now=NOW + DAY + HOUR)
        assert look_after_faults(NOW + 2 * DAY) == 1
        assert told("fault_overdue")[-1] == colleague

    def test_who_comes_soon_is_told_once(
        self, laser: Machine, staff: Member, maker: Member
    ) -> None:
        reserved(laser, maker, NOW + 4 * DAY)
        report_fault(machine=laser, summary="Dark", stops_machine=True, by=staff, now=NOW)
        assert look_after_faults(NOW) == 0
        assert look_after_faults(NOW + 3 * DAY) == 1
        assert look_after_faults(NOW + 3 * DAY + HOUR) == 0
        assert "The reason: Dark" in letters("machine_stopped")[0]

    def test_a_late_start_is_not_warned_of_what_ends_before(
        self, laser: Machine, staff: Member, maker: Member
    ) -> None:
        reserved(laser, maker, NOW + 30 * HOUR)
        report_fault(
            machine=laser, summary="Dark", stops_machine=True, by=staff, now=NOW,
            expected_at=NOW + DAY,
        )  # fmt: skip
        assert coming_in_vain(None, ahead=stopping.STOP_TOLD_AHEAD, now=NOW) == []

    @pytest.mark.parametrize("count", [1, 3])
    def test_looking_takes_as_many_queries_for_three_as_for_one(
        self, laser: Machine, count: int, django_assert_num_queries: object
    ) -> None:
        for number in range(count):
            machine = MachineFactory(space=laser.space)
            reserved(machine, MemberFactory(), NOW + (number + 1) * HOUR)
            report_fault(machine=machine, summary="x", stops_machine=True, by=None, now=NOW)
        with django_assert_num_queries(2):  # type: ignore[operator]
            assert len(coming_in_vain(None, ahead=DAY, now=NOW)) == count
