"""Holding machines for upkeep and workshops, and rows that follow a maintenance plan."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from booking.models import Reservation
from booking.services.blocking import block, materialise_maintenance
from booking.services.refusing import BookingRefused, TimeTaken
from booking.services.reservations import cancel
from booking.services.upkeep import drop_date, end_upkeep
from booking.states import MAX_SPAN, RefusalCode, ReservationKind, ReservationState
from machines.models import DirtyDay, Machine
from machines.services.calendars import (
    cancel_occurrence,
    move_occurrence,
    plan_maintenance,
)
from machines.states import Repeat
from members.models import Member
from spaces.intervals import Interval
from spaces.models import Space
from tests.factories.booking import ReservationFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory, RoleFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)
FIRST = Interval(NOW + timedelta(days=1), NOW + timedelta(days=1, hours=2))


@pytest.fixture
def machine() -> Machine:
    return MachineFactory.create()


@pytest.fixture
def staff(machine: Machine) -> Member:
    return RoleFactory.create(space=machine.space).member


def held(machine: Machine) -> list[Interval]:
    rows = Reservation.objects.maintenance().filter(machine=machine).order_by("starts_at")
    return [row.span for row in rows]


def shifted(interval: Interval, by: timedelta) -> Interval:
    return Interval(interval.start + by, interval.end + by)


class TestBlock:
    def test_machines_are_held_together_and_cancelled_together(
        self, machine: Machine, staff: Member
    ) -> None:
        other = MachineFactory.create(space=machine.space)
        rows = block(
            machines=[machine, other],
            kind=ReservationKind.WORKSHOP,
            span=FIRST,
            by=staff,
            now=NOW,
            purpose="First steps",
        )
        assert {row.machine_id for row in rows} == {machine.pk, other.pk}
        assert len({row.bundle_id for row in rows}) == 1
        cancel(reservation=rows[0], by=staff, now=NOW)
        assert set(Reservation.objects.values_list("state", flat=True)) == {"cancelled"}

    def test_what_nobody_decided_in_time_stands_in_no_way(
        self, machine: Machine, staff: Member
    ) -> None:
        late = ReservationFactory.create(
            machine=machine, starts_at=FIRST.start, state="pending", expires_at=NOW
        )
        block(machines=[machine], kind=ReservationKind.WORKSHOP, span=FIRST, by=staff, now=NOW)
        late.refresh_from_db()
        assert late.state == ReservationState.EXPIRED

    def test_what_is_too_long_for_one_row_becomes_several(
        self, machine: Machine, staff: Member
    ) -> None:
        span = Interval(FIRST.start, FIRST.start + 2 * MAX_SPAN + HOUR)
        block(machines=[machine], kind=ReservationKind.MAINTENANCE, span=span, by=staff, now=NOW)
        spans = held(machine)
        assert [each.duration for each in spans] == [MAX_SPAN, MAX_SPAN, HOUR]
        assert all(one.end == two.start for one, two in pairwise(spans))

    def test_nothing_is_held_where_anything_stands_in_the_way(
        self, machine: Machine, staff: Member
    ) -> None:
        other = MachineFactory.create(space=machine.space)
        ReservationFactory.create(machine=other, starts_at=FIRST.start)
        with pytest.raises(TimeTaken):
            block(
                machines=[machine, other],
                kind=ReservationKind.WORKSHOP,
                span=FIRST,
                by=staff,
                now=NOW,
            )
        assert Reservation.objects.count() == 1

    def test_members_may_not(self, machine: Machine) -> None:
        with pytest.raises(BookingRefused) as refused:
            block(
                machines=[machine],
                kind=ReservationKind.MAINTENANCE,
                span=FIRST,
                by=MemberFactory.create(),
                now=NOW,
            )
        assert [each.code for each in refused.value.refusals] == [RefusalCode.NOT_ALLOWED]


class TestFollowingThePlan:
    def test_dates_become_rows_once(self, machine: Machine) -> None:
        plan_maintenance(
            machine=machine, title="Lens", interval=FIRST, now=NOW, repeat=Repeat.WEEKLY
        )
        first = materialise_maintenance(NOW)
        assert first.placed == len(held(machine)) > 4
        assert held(machine)[:2] == [FIRST, shifted(FIRST, WEEK)]
        again = materialise_maintenance(NOW)
        assert (again.placed, again.moved, again.withdrawn) == (0, 0, 0)

    def test_moved_and_cancelled_dates_are_followed(self, machine: Machine) -> None:
        event = plan_maintenance(
            machine=machine, title="Lens", interval=FIRST, now=NOW, repeat=Repeat.WEEKLY
        )
        materialise_maintenance(NOW)
        later = shifted(FIRST, 3 * HOUR)
        move_occurrence(event=event, original_start=FIRST.start, to=later, now=NOW)
        cancel_occurrence(event=event, original_start=FIRST.start + WEEK, now=NOW)
        report = materialise_maintenance(NOW)
        assert (report.placed, report.moved, report.withdrawn) == (0, 1, 1)
        assert held(machine)[:2] == [later, shifted(FIRST, 2 * WEEK)]

    def test_what_stands_in_the_way_is_reported_and_left(self, machine: Machine) -> None:
        booked = ReservationFactory.create(machine=machine, starts_at=FIRST.start)
        plan_maintenance(machine=machine, title="Lens", interval=FIRST, now=NOW)
        report = materialise_maintenance(NOW)
        assert [(each.machine, each.title, each.interval) for each in report.not_placed] == [
            (machine, "Lens", FIRST)
        ]
        booked.refresh_from_db()
        assert booked.state == ReservationState.CONFIRMED
        assert held(machine) == []

    def test_a_date_that_cannot_move_gives_up_its_old_time(self, machine: Machine) -> None:
        event = plan_maintenance(machine=machine, title="Lens", interval=FIRST, now=NOW)
        materialise_maintenance(NOW)
        ReservationFactory.create(machine=machine, starts_at=FIRST.start + 5 * HOUR)
        to = shifted(FIRST, 4 * HOUR)
        move_occurrence(event=event, original_start=FIRST.start, to=to, now=NOW)
        report = materialise_maintenance(NOW)
        assert [each.interval for each in report.not_placed] == [to]
        assert (report.withdrawn, held(machine)) == (1, [])

    def test_a_date_is_placed_once_the_time_is_free(self, machine: Machine) -> None:
        booked = ReservationFactory.create(machine=machine, starts_at=FIRST.start)
        plan_maintenance(machine=machine, title="Lens", interval=FIRST, now=NOW)
        materialise_maintenance(NOW)
        cancel(reservation=booked, by=booked.member, now=NOW)
        assert materialise_maintenance(NOW).placed == 1
        assert held(machine) == [FIRST]

    @pytest.mark.parametrize("repeat", [Repeat.ONCE, Repeat.WEEKLY])
    def test_a_job_taken_back_while_it_goes_on_frees_the_rest(
        self, machine: Machine, repeat: Repeat
    ) -> None:
        event = plan_maintenance(
            machine=machine, title="Lens", interval=FIRST, now=NOW, repeat=repeat
        )
        materialise_maintenance(NOW)
        DirtyDay.objects.all().delete()
        moment = FIRST.start + HOUR
        end_upkeep(machine=machine, event=event, now=moment)
        assert held(machine) == [Interval(FIRST.start, moment)]
        assert DirtyDay.objects.filter(machine=machine, date=FIRST.start.date()).exists()
        again = materialise_maintenance(moment + HOUR / 2)
        assert (again.placed, again.moved, again.withdrawn) == (0, 0, 0)

    def test_a_date_dropped_while_it_goes_on_frees_the_rest(self, machine: Machine) -> None:
        event = plan_maintenance(machine=machine, title="Lens", interval=FIRST, now=NOW)
        materialise_maintenance(NOW)
        moment = FIRST.start + HOUR
        drop_date(machine=machine, event=event, original_start=FIRST.start, now=moment)
        assert held(machine) == [Interval(FIRST.start, moment)]

    def test_what_staff_cancelled_while_it_goes_on_keeps_what_took_place(
        self, machine: Machine, staff: Member
    ) -> None:
        plan_maintenance(machine=machine, title="Lens", interval=FIRST, now=NOW)
        materialise_maintenance(NOW)
        moment = FIRST.start + HOUR
        cancel(reservation=Reservation.objects.get(), by=staff, now=moment)
        assert held(machine) == [Interval(FIRST.start, moment)]
        assert materialise_maintenance(moment + HOUR / 2).moved == 0
        assert held(machine) == [Interval(FIRST.start, moment)]

    def test_a_plan_that_breaks_does_not_hold_up_the_others(
        self, machine: Machine, caplog: pytest.LogCaptureFixture
    ) -> None:
        sound = MachineFactory.create()
        for each in (machine, sound):
            plan_maintenance(
                machine=each, title="Lens", interval=FIRST, now=NOW, repeat=Repeat.WEEKLY
            )
        # Nobody can tell what weekly means there.
        Space.objects.filter(pk=machine.space_id).update(timezone="Mars/Olympus")
        report = materialise_maintenance(NOW)
        assert (report.failed, held(machine)) == ([machine], [])
        assert report.placed == len(held(sound)) > 0
        assert f"The maintenance plan of machine {machine.pk} was not followed" in caplog.text

    def test_what_staff_cancelled_stays_cancelled(self, machine: Machine, staff: Member) -> None:
        plan_maintenance(machine=machine, title="Lens", interval=FIRST, now=NOW)
        materialise_maintenance(NOW)
        cancel(reservation=Reservation.objects.get(), by=staff, now=NOW)
        assert materialise_maintenance(NOW).placed == 0
        assert held(machine) == []
