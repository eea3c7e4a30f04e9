"""Faults from the report to the repair, and who stands still for them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from machines.models import DirtyDay, Fault, FaultPhoto, Machine, Stoppage
from machines.queries.dependencies import could_need, needed_in, stopped_with
from machines.queries.faults import (
    board_of_faults,
    filtered_faults,
    originals_for,
    overdue_faults,
    reporters_of,
    story_of,
)
from machines.services.dependencies import CannotNeed, add_need, remove_need
from machines.services.faults import (
    FaultClosed,
    Judgement,
    NotTheSame,
    Repair,
    assign,
    comment,
    judge,
    mark_duplicate,
    reopen,
    report_fault,
    resolve_fault,
)
from machines.states import FaultFilter, Found, Severity
from members.models import Member
from tests.factories.machines import FaultFactory, MachineFactory
from tests.factories.members import MemberFactory, RoleFactory
from tests.machines.calendars import at

pytestmark = pytest.mark.django_db

NOW = at("2026-05-06T08:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STOPS = Judgement(severity=Severity.SERIOUS, stops_machine=True)
WORKS = Judgement(severity=Severity.HAMPERS, stops_machine=False, known="Go slowly")


@pytest.fixture
def extraction() -> Machine:
    return MachineFactory(name="Extraction")


@pytest.fixture
def laser(extraction: Machine) -> Machine:
    return MachineFactory(name="Laser", space=extraction.space)


@pytest.fixture
def staff(extraction: Machine) -> Member:
    return RoleFactory(space=extraction.space).member


def report(machine: Machine, *, stops: bool = True, **told: object) -> Fault:
    told = {"summary": "Dark", "by": None, "now": NOW} | told
    return report_fault(machine=machine, stops_machine=stops, **told)  # type: ignore[arg-type]


def down(machine: Machine) -> list[tuple[float, float | None]]:
    """When `machine` stood still, in hours from now."""
    rows = Stoppage.objects.filter(machine=machine).order_by("starts_at", "pk")
    return [
        ((row.starts_at - NOW) / HOUR, (row.ends_at - NOW) / HOUR if row.ends_at else None)
        for row in rows
    ]


class TestReports:
    def test_what_the_staff_writes_has_been_looked_at(self, laser: Machine, staff: Member) -> None:
        fault = report(laser, by=staff)
        assert (fault.judged_at, fault.severity, fault.found) == (NOW, Severity.SERIOUS, "")
        assert down(laser) == [(0, None)]

    def test_what_somebody_found_has_not(self, laser: Machine) -> None:
        fault = report(laser, stops=False, found=Found.BROKE)
        assert (fault.judged_at, fault.severity) == (None, Severity.HAMPERS)
        assert list(Fault.objects.new()) == [fault]
        assert down(laser) == []

    def test_a_hazard_stops_the_machine_whatever_else_is_said(self, laser: Machine) -> None:
        fault = report(laser, stops=False, found=Found.FOUND, severity=Severity.HAZARD)
        assert fault.stops_machine
        assert down(laser) == [(0, None)]

    def test_what_was_mended_on_the_spot_is_closed_and_stops_nothing(self, laser: Machine) -> None:
        fault = report(laser, found=Found.FIXED, severity=Severity.HAZARD, summary="Belt back on")
        assert (fault.ends_at, fault.resolution) == (NOW, "Belt back on")
        assert down(laser) == []

    def test_photos_stay_with_the_report(self, laser: Machine) -> None:
        fault = report(laser, photos=[ContentFile(b"x", "x.jpg")])
        photo = FaultPhoto.objects.get()
        assert photo.entry.fault == fault
        assert str(photo).startswith("faults/x")

    def test_the_database_holds_that_a_hazard_stops(self, laser: Machine) -> None:
        fault = report(laser)
        with pytest.raises(IntegrityError), transaction.atomic():
            Fault.objects.filter(pk=fault.pk).update(severity="hazard", stops_machine=False)


class TestJudging:
    def test_down_time_is_what_was_stopped_and_nothing_else(
        self, laser: Machine, staff: Member
    ) -> None:
        fault = report(laser, stops=False, found=Found.FOUND)
        judge(fault=fault, judgement=STOPS, by=staff, now=NOW + HOUR)
        judge(fault=fault, judgement=WORKS, by=staff, now=NOW + 3 * HOUR)
        judge(fault=fault, judgement=STOPS, by=staff, now=NOW + 5 * HOUR)
        resolve_fault(fault=fault, by=staff, now=NOW + 6 * HOUR)
        reopen(fault=fault, by=staff, now=NOW + 8 * HOUR, text="Dark again")
        assert down(laser) == [(1, 3), (5, 6), (8, None)]

    def test_the_log_keeps_each_judgement(self, laser: Machine, staff: Member) -> None:
        fault = report(laser, stops=False, found=Found.FOUND)
        judge(fault=fault, judgement=WORKS, by=staff, now=NOW)
        judge(fault=fault, judgement=WORKS, by=staff, now=NOW)
        judge(fault=fault, judgement=STOPS, by=staff, now=NOW)
        entries = story_of(fault, is_staff=False).entries
        assert [(each.event, each.severity, each.text) for each in entries] == [
            ("reported", "hampers", ""),
            ("judged", "hampers", "Go slowly"),
            ("judged", "hampers", ""),
            ("judged", "serious", ""),
        ]

    def test_a_hazard_cannot_be_judged_harmless(self, laser: Machine, staff: Member) -> None:
        judgement = Judgement(severity=Severity.HAZARD, stops_machine=False)
        assert judge(fault=report(laser), judgement=judgement, by=staff, now=NOW).stops_machine

    def test_what_is_resolved_is_not_judged(self, laser: Machine, staff: Member) -> None:
        fault = report(laser)
        resolve_fault(fault=fault, by=staff, now=NOW)
        with pytest.raises(FaultClosed):
            judge(fault=fault, judgement=STOPS, by=staff, now=NOW)
        with pytest.raises(FaultClosed):
            assign(fault=fault, to=staff, by=staff, now=NOW)


class TestRepair:
    def test_work_and_cost_add_up_over_repairs(self, laser: Machine, staff: Member) -> None:
        fault = report(laser)
        first = Repair(text="New tube", minutes=90, cost=Decimal("250.00"))
        resolve_fault(fault=fault, by=staff, now=NOW, repair=first)
        reopen(fault=fault, by=staff, now=NOW + HOUR)
        second = Repair(text="Plugged it in", minutes=5)
        done = resolve_fault(fault=fault, by=staff, now=NOW + 2 * HOUR, repair=second)
        assert (done.minutes_spent, done.cost) == (95, Decimal("250.00"))
        assert done.resolution == "Plugged it in"

    def test_opening_what_is_open_changes_nothing(self, laser: Machine, staff: Member) -> None:
        fault = report(laser)
        reopen(fault=fault, by=staff, now=NOW)
        assert fault.entries.count() == 1

    def test_the_days_that_were_down_are_counted_again(
        self, laser: Machine, extraction: Machine, staff: Member
    ) -> None:
        add_need(machine=laser, needs=extraction, now=NOW)
        fault = report(extraction)
        DirtyDay.objects.all().delete()
        resolve_fault(fault=fault, by=staff, now=NOW + DAY)
        days = set(DirtyDay.objects.values_list("machine", "date"))
        both = (laser.pk, extraction.pk)
        assert days == {(pk, day) for pk in both for day in (date(2026, 5, 6), date(2026, 5, 7))}


class TestDuplicates:
    def test_the_same_fault_is_closed_and_the_original_stops_for_it(
        self, laser: Machine, staff: Member
    ) -> None:
        one, other = MemberFactory(), MemberFactory()
        original = report(laser, stops=False, found=Found.FOUND, by=one)
        second = report(laser, severity=Severity.HAZARD, found=Found.FOUND, by=other)
        done = mark_duplicate(fault=second, original=original, by=staff, now=NOW + HOUR)
        original.refresh_from_db()
        assert (done.ends_at, done.duplicate_of) == (NOW + HOUR, original)
        assert (original.stops_machine, original.severity) == (True, Severity.HAZARD)
        assert down(laser) == [(0, 1), (1, None)]
        assert reporters_of(original) == sorted([one, other], key=lambda each: each.pk)

    def test_duplicates_of_a_duplicate_go_with_it(self, laser: Machine, staff: Member) -> None:
        first, second, third = (report(laser) for _ in range(3))
        mark_duplicate(fault=third, original=second, by=staff, now=NOW)
        mark_duplicate(fault=second, original=first, by=staff, now=NOW)
        assert set(first.duplicates.all()) == {second, third}
        assert originals_for(first) == []

    def test_another_machine_has_other_faults(
        self, laser: Machine, extraction: Machine, staff: Member
    ) -> None:
        mine = report(laser)
        for other in (mine, report(extraction)):
            with pytest.raises(NotTheSame):
                mark_duplicate(fault=mine, original=other, by=staff, now=NOW)


class TestNeeds:
    def test_all_of_a_chain_stop_and_start_together(
        self, laser: Machine, extraction: Machine, staff: Member
    ) -> None:
        cutter = MachineFactory(space=laser.space, name="Cutter")
        add_need(machine=laser, needs=extraction, now=NOW)
        add_need(machine=cutter, needs=laser, now=NOW)
        assert stopped_with(extraction) == [extraction, cutter, laser]
        fault = report(extraction)
        assert [down(each) for each in (extraction, laser, cutter)] == [[(0, None)]] * 3
        resolve_fault(fault=fault, by=staff, now=NOW + HOUR)
        assert [down(each) for each in (extraction, laser, cutter)] == [[(0, 1)]] * 3

    def test_what_is_needed_from_now_on_changes_nothing_about_yesterday(
        self, laser: Machine, extraction: Machine
    ) -> None:
        report(extraction)
        add_need(machine=laser, needs=extraction, now=NOW + HOUR)
        remove_need(machine=laser, needs=extraction, now=NOW + 3 * HOUR)
        assert down(laser) == [(1, 3)]
        assert down(extraction) == [(0, None)]

    def test_two_reasons_to_stand_still_end_one_by_one(
        self, laser: Machine, extraction: Machine, staff: Member
    ) -> None:
        chiller = MachineFactory(space=laser.space, name="Chiller")
        for needs in (extraction, chiller):
            add_need(machine=laser, needs=needs, now=NOW)
        first = report(extraction)
        report(chiller, now=NOW + HOUR)
        resolve_fault(fault=first, by=staff, now=NOW + 2 * HOUR)
        assert down(laser) == [(0, 2), (1, None)]

    def test_what_is_retired_stands_still_for_nobody(
        self, laser: Machine, extraction: Machine
    ) -> None:
        add_need(machine=laser, needs=extraction, now=NOW)
        Machine.objects.filter(pk=laser.pk).update(retired_at=NOW)
        report(extraction)
        assert down(laser) == []

    def test_no_circle_no_other_space_and_each_once(
        self, laser: Machine, extraction: Machine
    ) -> None:
        add_need(machine=laser, needs=extraction, now=NOW)
        add_need(machine=laser, needs=extraction, now=NOW)
        for machine, needs in ((extraction, laser), (laser, laser), (laser, MachineFactory())):
            with pytest.raises(CannotNeed):
                add_need(machine=machine, needs=needs, now=NOW)
        assert needed_in(laser.space, [laser])[laser.pk] == [extraction]
        assert could_need(laser) == could_need(extraction) == []
        other = MachineFactory(space=laser.space)
        assert could_need(extraction) == [other]
        assert str(laser.dependencies.get()) == "Laser → Extraction"


class TestLists:
    def test_each_filter_finds_its_own(
        self, laser: Machine, staff: Member, django_assert_num_queries: object
    ) -> None:
        new = report(laser, stops=False, found=Found.FOUND, summary="It squeaks")
        late = report(laser, expected_at=NOW + HOUR)
        mine = report(laser, stops=False)
        assign(fault=mine, to=staff, by=staff, now=NOW)
        gone = report(laser)
        resolve_fault(fault=gone, by=staff, now=NOW)
        report(MachineFactory())
        found = {
            state: set(filtered_faults(laser.space, state=state, by=staff, now=NOW + 2 * HOUR))
            for state in FaultFilter
        }
        assert found == {
            FaultFilter.OPEN: {new, late, mine},
            FaultFilter.NEW: {new},
            FaultFilter.MINE: {mine},
            FaultFilter.NOBODYS: {new, late},
            FaultFilter.STOPPING: {late},
            FaultFilter.OVERDUE: {late},
            FaultFilter.RESOLVED: {gone},
            FaultFilter.ALL: {new, late, mine, gone},
        }
        words = {"state": FaultFilter.ALL, "by": staff, "now": NOW}
        assert list(filtered_faults(laser.space, text="squeak", **words)) == [new]
        assert list(filtered_faults(laser.space, severity="serious", **words)) == [gone, late]

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_board_takes_two_queries(
        self, laser: Machine, staff: Member, count: int, django_assert_num_queries: object
    ) -> None:
        for _ in range(count):
            report(laser, stops=False, found=Found.FOUND)
            report(laser)
            assign(fault=report(laser), to=staff, by=staff, now=NOW)
            resolve_fault(fault=report(laser), by=staff, now=NOW)
        long_ago = FaultFactory(machine=laser, starts_at=NOW - 9 * DAY, ends_at=NOW - 8 * DAY)
        with django_assert_num_queries(2):  # type: ignore[operator]
            board = board_of_faults(laser.space, now=NOW)
            columns = (board.new, board.waiting, board.in_hand, board.resolved)
            assert [[str(each.machine.room) for each in rows] for rows in columns]
        assert [len(rows) for rows in columns] == [count] * 4
        assert long_ago not in board.resolved
        assert not board.is_empty
        assert board_of_faults(MachineFactory().space, now=NOW).is_empty

    def test_the_worst_comes_first(self, laser: Machine) -> None:
        small = report(laser, severity=Severity.MINOR)
        worst = report(laser, severity=Severity.HAZARD)
        assert board_of_faults(laser.space, now=NOW).waiting == [worst, small]

    def test_whoever_reported_it_reads_what_is_shared(self, laser: Machine, staff: Member) -> None:
        fault = report(laser)
        comment(fault=fault, text="Ordered", by=staff, now=NOW)
        comment(fault=fault, text="Who did that?", by=staff, now=NOW, is_shared=False)
        assign(fault=fault, to=staff, by=staff, now=NOW)
        assign(fault=fault, to=staff, by=staff, now=NOW)
        assign(fault=fault, to=None, by=staff, now=NOW)
        told = [each.text for each in story_of(fault, is_staff=False).entries]
        assert told == ["", "Ordered"]
        everything = story_of(fault, is_staff=True)
        assert len(everything.entries) == 5
        assert [each.machine for each in everything.stopped] == [laser]
        assert str(everything.entries[1]) == "comment: Ordered"
        assert str(everything.stopped[0]) == "Laser: Dark"

    def test_what_should_work_by_now_is_found_for_a_while(self, laser: Machine) -> None:
        late = report(laser, expected_at=NOW + HOUR)
        report(laser, stops=False, expected_at=NOW + HOUR)
        report(laser)
        assert overdue_faults(since=NOW, now=NOW) == []
        assert overdue_faults(since=NOW, now=NOW + HOUR) == [late]
        assert overdue_faults(since=NOW + HOUR, now=NOW + DAY) == []
        assert (late.until(NOW), late.until(NOW + HOUR)) == (NOW + HOUR, None)
