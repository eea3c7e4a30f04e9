"""Machines that leave: who counted on them gets something else, and the history stays."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.queries import price_list
from billing.services.prices import set_prices
from booking import notices
from booking.models import Reservation, WaitlistEntry
from booking.queries.displacing import Displaced, Plan, value_of
from booking.services.displacing import Outdated
from booking.services.inventory import NothingToTakeBack, take_back
from booking.services.refusing import BookingRefused
from booking.services.retiring import (
    LivesElsewhere,
    StillInUse,
    bring_back,
    move_to_space,
    plan_of_leaving,
    retire,
)
from booking.states import ReservationKind, ReservationState, WayOut
from machines.models import Change, DirtyDay, Fault, Machine, Pool, Stoppage
from machines.services.dependencies import add_need
from machines.services.faults import resolve_fault
from machines.services.stoppages import follow
from machines.states import ChangeKind
from members.models import Member
from members.states import Audience
from notifications.models import Message
from spaces.models import Space
from tests.factories.booking import (
    ReservationFactory,
    SeriesFactory,
    UsageSessionFactory,
    WishFactory,
)
from tests.factories.machines import FaultFactory, MachineFactory
from tests.factories.members import MemberFactory, RoleFactory
from tests.factories.spaces import RoomFactory, SpaceFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
DAY = timedelta(days=1)
TEN = NOW + 3 * DAY + timedelta(hours=2)


@pytest.fixture
def machine() -> Machine:
    return MachineFactory(name="Laser", slug="laser", loaded="Plywood", serial_number="SN 1")


@pytest.fixture
def twin(machine: Machine) -> Machine:
    return MachineFactory(space=machine.space, category=machine.category, name="Twin")


@pytest.fixture
def staff(machine: Machine) -> Member:
    return RoleFactory(space=machine.space, member__name="Sam Staff").member


def best(plan: Plan) -> dict[int, str]:
    return {case.key: value_of(case.best) for case in plan.cases}


def leave(
    staff: Member,
    *machines: Machine,
    choose: Callable[[Plan], dict[int, str]] = best,
    now: datetime = NOW,
) -> None:
    plan = plan_of_leaving(machines, now=now)
    retire(machines=machines, reason="Sold", choices=choose(plan), by=staff, now=now)


def test_who_has_reserved_it_gets_a_twin_and_is_told(
    machine: Machine, twin: Machine, staff: Member
) -> None:
    row = ReservationFactory(machine=machine, starts_at=TEN)
    done = ReservationFactory(
        machine=machine, starts_at=NOW - 3 * DAY, state=ReservationState.COMPLETED
    )
    leave(staff, machine)
    row.refresh_from_db()
    machine.refresh_from_db()
    done.refresh_from_db()
    assert (row.machine, row.starts_at, row.state) == (twin, TEN, ReservationState.CONFIRMED)
    assert (machine.retired_at, done.machine) == (NOW, machine)
    told = Message.objects.get(kind=notices.DISPLACED_MOVED)
    assert told.recipient == row.member
    change = Change.objects.get()
    assert (change.kind, change.note, change.made_by) == (ChangeKind.RETIRED, "Sold", staff)
    assert change.lines.get().values == {"is_retired": [False, True]}
    assert DirtyDay.objects.filter(machine=machine).exists()


def test_without_another_machine_it_is_cancelled_with_an_apology(
    machine: Machine, staff: Member
) -> None:
    row = ReservationFactory(machine=machine, starts_at=TEN + 300 * DAY)
    plan = plan_of_leaving([machine], now=NOW)
    assert [option.way for option in plan.cases[0].options] == [WayOut.CANCEL]
    leave(staff, machine)
    row.refresh_from_db()
    assert row.state == ReservationState.CANCELLED


def test_nothing_is_done_where_somebody_reserved_meanwhile(machine: Machine, staff: Member) -> None:
    choices = best(plan_of_leaving([machine], now=NOW))
    ReservationFactory(machine=machine, starts_at=TEN)
    with pytest.raises(Outdated):
        retire(machines=[machine], reason="Sold", choices=choices, by=staff, now=NOW)
    machine.refresh_from_db()
    assert machine.retired_at is None


def test_any_unit_of_a_pool_goes_on_another_without_a_word(
    machine: Machine, twin: Machine, staff: Member
) -> None:
    pool = Pool.objects.create(space=machine.space, slug="lasers", name="Lasers")
    Machine.objects.update(pool=pool)
    machine.refresh_from_db()
    row = ReservationFactory(machine=machine, pool=pool, starts_at=TEN)
    assert plan_of_leaving([machine], now=NOW).cases == ()
    leave(staff, machine)
    row.refresh_from_db()
    assert (row.machine, row.pool) == (twin, pool)


def test_pools_and_units_of_all_that_leave_are_held_in_one_order(
    machine: Machine, twin: Machine, staff: Member
) -> None:
    for number, unit in enumerate((twin, machine)):
        unit.pool = Pool.objects.create(space=machine.space, slug=f"p{number}", name=f"P{number}")
        unit.save()
    pools = {twin.pool_id, machine.pool_id}
    plan = plan_of_leaving([machine, twin], now=NOW)
    with CaptureQueriesContext(connection) as asked:
        retire(machines=[machine, twin], reason="", choices=best(plan), by=staff, now=NOW)
    locks = [
        [int(key) for key in re.findall(r"\d+", each["sql"].partition("ARRAY")[2] or each["sql"])]
        for each in asked
        if "pg_advisory_xact_lock" in each["sql"]
    ]
    assert locks
    for keys in locks:
        big = [key for key in keys if key >> 48]
        assert big == sorted(big)
        assert {key - (3 << 48) for key in big if key >> 48 == 3} == pools
        assert big[-1] >> 48 == 4


def test_two_that_leave_together_take_nothing_over_from_each_other(
    machine: Machine, twin: Machine, staff: Member
) -> None:
    ReservationFactory(machine=machine, starts_at=TEN)
    ReservationFactory(machine=twin, starts_at=TEN)
    leave(staff, machine, twin)
    assert set(Reservation.objects.values_list("state", flat=True)) == {"cancelled"}


def test_it_waits_for_who_uses_it_now(machine: Machine, staff: Member) -> None:
    UsageSessionFactory(machine=machine, started_at=NOW - timedelta(hours=1))
    with pytest.raises(StillInUse):
        leave(staff, machine)


def test_blocks_and_series_end_and_wishes_go_on(
    machine: Machine, twin: Machine, staff: Member
) -> None:
    block = ReservationFactory(
        machine=machine, kind=ReservationKind.MAINTENANCE, member=None, starts_at=TEN
    )
    series = SeriesFactory(machine=machine, event__start=NOW - 30 * DAY)
    wish = WishFactory(machine=machine, earliest_at=TEN)
    leave(staff, machine)
    block.refresh_from_db()
    series.event.refresh_from_db()
    assert (block.state, block.cancelled_by) == (ReservationState.CANCELLED, staff)
    assert series.event.end_recurring_period < NOW
    waiting = WaitlistEntry.objects.get(pk=wish.pk)
    assert (waiting.machine, waiting.category) == (None, machine.category)


def test_it_comes_back_and_a_retirement_can_be_taken_back(machine: Machine, staff: Member) -> None:
    leave(staff, machine)
    bring_back(machine=Machine.objects.get(pk=machine.pk), by=staff, now=NOW + DAY)
    assert Machine.objects.in_service().get() == machine
    leave(staff, machine, now=NOW + 2 * DAY)
    take_back(change=Change.objects.first(), by=staff, now=NOW + 3 * DAY)
    assert Machine.objects.in_service().get() == machine
    kinds = Change.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["retired", "back", "retired", "undone"]


def test_what_comes_back_stands_still_for_what_it_needs(
    machine: Machine, twin: Machine, staff: Member
) -> None:
    add_need(machine=machine, needs=twin, now=NOW)
    for days, back in ((1, "brought"), (5, "taken")):
        leave(staff, machine, now=NOW + days * DAY)
        fault = FaultFactory(machine=twin, starts_at=NOW + (days + 1) * DAY)
        follow(fault, now=NOW + (days + 1) * DAY)
        assert not Stoppage.objects.open().filter(machine=machine).exists()
        if back == "brought":
            gone = Machine.objects.get(pk=machine.pk)
            bring_back(machine=gone, by=staff, now=NOW + (days + 2) * DAY)
        else:
            take_back(change=Change.objects.first(), by=staff, now=NOW + (days + 2) * DAY)
        assert Stoppage.objects.open().get(machine=machine).fault == fault
        resolve_fault(fault=fault, by=staff, now=NOW + (days + 3) * DAY)


def test_of_a_block_under_way_the_part_that_took_place_stays(
    machine: Machine, staff: Member
) -> None:
    block = ReservationFactory(
        machine=machine,
        kind=ReservationKind.MAINTENANCE,
        member=None,
        starts_at=NOW - timedelta(hours=2),
        ends_at=NOW + timedelta(hours=2),
    )
    leave(staff, machine)
    block.refresh_from_db()
    assert (block.state, block.ends_at) == (ReservationState.CONFIRMED, NOW)


def test_strangers_retire_nothing(machine: Machine) -> None:
    for work in (
        lambda by: leave(by, machine),
        lambda by: bring_back(machine=machine, by=by, now=NOW),
    ):
        with pytest.raises(BookingRefused):
            work(MemberFactory())


@pytest.fixture
def there() -> Space:
    return SpaceFactory(slug="nord", name="Nord")


def go(machine: Machine, there: Space, by: Member, room: str = "Halle") -> Machine:
    return move_to_space(
        machine=machine,
        to=there,
        room=room,
        reason="Lent",
        choices=best(plan_of_leaving([machine], now=NOW)),
        by=by,
        now=NOW,
    )


def test_it_goes_on_in_another_space_and_its_history_stays(
    machine: Machine, there: Space, staff: Member
) -> None:
    RoleFactory(space=there, member=staff)
    MachineFactory(space=there, slug="laser")
    set_prices(machine=machine, prices={Audience.MAKER: Decimal(5)}, by=staff, now=NOW)
    Machine.objects.update(room=RoomFactory(space=machine.space), purchase_date=date(2024, 1, 2))
    fault = FaultFactory(machine=machine, starts_at=NOW - DAY, summary="Lid squeaks")
    used = UsageSessionFactory(machine=machine, started_at=NOW - DAY, ended_at=NOW - DAY / 2)
    made = go(machine, there, staff)
    machine.refresh_from_db()
    used.refresh_from_db()
    assert (machine.retired_at, machine.moved_to, used.machine) == (NOW, made, machine)
    made.refresh_from_db()
    assert (made.space, made.slug, made.room.name) == (there, "laser-2", "Halle")
    assert (made.serial_number, made.loaded) == ("SN 1", "Plywood")
    assert made.purchase_date == date(2024, 1, 2)
    assert price_list(made) == {Audience.MAKER: Decimal(5)}
    assert made.faults.get().summary == "Lid squeaks"
    fault.refresh_from_db()
    assert fault.ends_at == NOW
    assert {(each.kind, each.space) for each in Change.objects.exclude(kind="priced")} == {
        (ChangeKind.MOVED, machine.space),
        (ChangeKind.ARRIVED, there),
    }
    with pytest.raises(LivesElsewhere):
        bring_back(machine=machine, by=staff, now=NOW)
    for change in Change.objects.exclude(kind="priced"):
        with pytest.raises(NothingToTakeBack):
            take_back(change=change, by=staff, now=NOW)


def test_prices_in_other_money_do_not_come_along_nor_does_the_owner_that_it_goes_to(
    machine: Machine, staff: Member
) -> None:
    there = SpaceFactory(currency="EUR")
    RoleFactory(space=there, member=staff)
    set_prices(machine=machine, prices={Audience.MAKER: Decimal(5)}, by=staff, now=NOW)
    Machine.objects.update(owner_space=there, others_ahead_days=7)
    made = go(Machine.objects.get(), there, staff, room="")
    assert (price_list(made), made.owner, made.others_ahead_days) == ({}, None, None)


def test_who_works_in_one_of_the_spaces_alone_moves_nothing(
    machine: Machine, there: Space, staff: Member
) -> None:
    other = RoleFactory(space=there).member
    for by in (staff, other, MemberFactory()):
        with pytest.raises(BookingRefused):
            go(machine, there, by)
    assert not Fault.objects.exists()
    assert Machine.objects.in_service().get() == machine


def test_the_plan_names_every_reservation(machine: Machine, staff: Member) -> None:
    rows = [
        ReservationFactory(machine=machine, starts_at=TEN + number * DAY) for number in range(3)
    ]
    cases: tuple[Displaced, ...] = plan_of_leaving([machine], now=NOW).cases
    assert [case.rows[0] for case in cases] == rows
