"""Any unit of a pool: which one is given, who makes room, and what is said when none is left."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from booking.facts import BookingRequest
from booking.models import RefusedTry, Reservation
from booking.services.allocation import check_units, reserve_unit
from booking.services.attendance import check_in
from booking.services.placing import Claim
from booking.services.reservations import BookingRefused, TimeTaken, move
from booking.services.spreading import stop_unit
from booking.states import ReservationState
from machines.models import Machine, Pool
from members.models import Member
from notifications.models import Message
from tests.factories.booking import PolicyFactory, ReservationFactory
from tests.factories.machines import FaultFactory, MachineFactory
from tests.factories.members import MemberFactory, RoleFactory, SkillFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 6, tzinfo=UTC)
NINE = datetime(2026, 5, 5, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)


def pool_of(count: int) -> tuple[Pool, list[Machine]]:
    first = MachineFactory()
    pool = Pool.objects.create(space=first.space, slug="mk4", name="Prusa MK4")
    rest = MachineFactory.create_batch(count - 1, space=first.space, category=first.category)
    units = [first, *rest]
    for unit in units:
        unit.pool = pool
        unit.save()
    return pool, units


def want(pool: Pool, start: float, end: float, **more: Any) -> Reservation:
    member = more.pop("member", None) or MemberFactory()
    return reserve_unit(
        pool=pool, claim=Claim(member=member, by=member), request=span(start, end), now=NOW, **more
    )


def span(start: float, end: float) -> BookingRequest:
    return BookingRequest(starts_at=NINE + start * HOUR, ends_at=NINE + end * HOUR)


def row_on(unit: Machine, start: float, end: float, pool: Pool | None = None) -> Reservation:
    row: Reservation = ReservationFactory(
        machine=unit, starts_at=NINE + start * HOUR, ends_at=NINE + end * HOUR, pool=pool
    )
    return row


def refusal_of(pool: Pool, start: float = 0, end: float = 1, **more: Any) -> list[tuple[str, str]]:
    with pytest.raises(BookingRefused) as refused:
        want(pool, start, end, **more)
    return [(each.code, each.message) for each in refused.value.refusals]


def test_the_unit_that_leaves_the_least_idle_time_is_given():
    pool, (first, second) = pool_of(2)
    row_on(second, 1, 2)
    made = want(pool, 0, 1)
    assert (made.machine, made.pool) == (second, pool)
    assert made.state == ReservationState.CONFIRMED
    assert first.reservations.count() == 0


def test_who_came_before_makes_room_and_hears_nothing_of_it():
    pool, (first, second) = pool_of(2)
    early, late = row_on(first, 0, 1, pool), row_on(second, 1, 2, pool)
    made = want(pool, 0, 2)
    early.refresh_from_db()
    late.refresh_from_db()
    assert early.machine == late.machine != made.machine
    told = set(Message.objects.values_list("subject_key", flat=True))
    assert told == {made.subject_key}
    assert (early.sequence, late.sequence) == (0, 0)


def test_what_has_begun_stays_where_it_is():
    pool, (first, second) = pool_of(2)
    begun = row_on(first, -25.25, 1, pool)
    row_on(second, 1, 2)
    assert refusal_of(pool, 0, 2)[0][0] == "TAKEN"
    begun.refresh_from_db()
    assert begun.machine == first


def test_a_full_pool_says_so_and_keeps_the_try():
    pool, units = pool_of(3)
    FaultFactory(machine=units[2], starts_at=NOW)
    for unit in units[:2]:
        row_on(unit, 0, 1)
    with pytest.raises(TimeTaken) as refused:
        want(pool, 0, 1)
    (refusal,) = refused.value.refusals
    assert refusal.message == "All 2 are taken then. Choose another time."
    kept = RefusedTry.objects.get()
    assert (kept.pool, kept.machine, kept.codes) == (pool, None, ["TAKEN"])


def test_who_saw_a_free_unit_is_told_of_a_faster_click():
    pool, (unit,) = pool_of(1)
    row_on(unit, 0, 1)
    told = refusal_of(pool, free_when_looked=1)
    assert told == [("TAKEN", "Someone was faster: what was free a moment ago is full now.")]


def test_a_pool_that_stands_still_is_not_full():
    pool, units = pool_of(2)
    for unit in units:
        FaultFactory(machine=unit, starts_at=NOW)
    assert [code for code, _ in refusal_of(pool)] == ["MACHINE_OUT_OF_SERVICE"]
    Machine.objects.update(retired_at=NOW)
    assert [code for code, _ in refusal_of(pool)] == ["MACHINE_OUT_OF_SERVICE"]


def test_what_every_unit_asks_for_is_told_once():
    pool, units = pool_of(2)
    skill = SkillFactory()
    for unit in units:
        unit.skills.add(skill)
        row_on(unit, 0, 1)
    assert [code for code, _ in refusal_of(pool)] == ["NOT_CERTIFIED", "TAKEN"]


def test_a_unit_for_which_nothing_has_to_be_learned_is_given():
    pool, (first, second) = pool_of(2)
    first.skills.add(SkillFactory())
    assert want(pool, 0, 1).machine == second


def test_nobody_is_put_on_a_unit_with_other_rules():
    pool, (first, second) = pool_of(2)
    PolicyFactory(machine=second, setup=timedelta(minutes=5))
    row_on(first, 0, 1, pool)
    row_on(second, 1, 2, pool)
    assert refusal_of(pool, 0, 2)[0][0] == "TAKEN"


def test_the_check_tells_how_many_are_free():
    pool, units = pool_of(3)
    row_on(units[0], 0, 1)
    member = MemberFactory()
    claim = Claim(member=member, by=member)
    assert check_units(pool=pool, claim=claim, request=span(0, 1), now=NOW) == ([], None, 2)


@pytest.mark.parametrize("count", [2, 8])
def test_judging_takes_as_many_queries_for_many_units(count, django_assert_num_queries):
    pool, units = pool_of(count)
    for unit in units:
        row_on(unit, 3, 4, pool)
    member = MemberFactory()
    with django_assert_num_queries(17):
        want(pool, 0, 1, member=member)


def test_when_a_unit_breaks_its_reservations_go_on_elsewhere():
    pool, (first, second) = pool_of(2)
    kept, lost = row_on(first, 0, 1, pool), row_on(first, 3, 4, pool)
    named = row_on(first, 5, 6)
    row_on(second, 3.5, 4.5)
    done = stop_unit(machine=first, summary="Nozzle", by=None, now=NOW)
    assert (done.moved, done.without_unit) == ([kept], [lost, named])
    kept.refresh_from_db()
    named.refresh_from_db()
    assert (kept.machine, named.machine) == (second, first)
    assert first.faults.get().stops_machine
    assert not Message.objects.exists()


def test_a_unit_that_breaks_pushes_others_together_where_that_helps():
    pool, (first, second, third) = pool_of(3)
    lost = row_on(first, 0, 2, pool)
    row_on(second, 0, 1, pool)
    row_on(third, 1, 2, pool)
    assert stop_unit(machine=first, summary="Nozzle", by=None, now=NOW).moved == [lost]


def test_a_machine_without_a_pool_just_stops():
    machine = MachineFactory()
    named = row_on(machine, 0, 1)
    done = stop_unit(machine=machine, summary="Lens", by=None, now=NOW)
    assert (done.moved, done.without_unit) == ([], [named])


def test_a_member_may_be_given():
    pool, _units = pool_of(1)
    member: Member = MemberFactory()
    assert want(pool, 0, 1, member=member).member == member


def test_a_reservation_of_a_pool_moves_to_whichever_unit_is_free_then():
    pool, (first, second) = pool_of(2)
    mine = row_on(first, 0, 1, pool)
    row_on(first, 3, 4)
    moved = move(reservation=mine, request=span(3, 4), by=mine.member, now=NOW)
    assert (moved.machine, moved.pool, moved.sequence) == (second, pool, 1)
    told = Message.objects.get(kind="reservation_moved")
    assert told.context["machine"] == "Prusa MK4 (any unit)"


def test_it_stays_on_its_unit_where_it_can_and_others_make_room_where_it_cannot():
    pool, (first, second) = pool_of(2)
    mine, other = row_on(first, 0, 1, pool), row_on(second, 1, 2, pool)
    later = row_on(first, 2, 3, pool)
    moved = move(reservation=mine, request=span(1, 2), by=mine.member, now=NOW)
    assert moved.machine == first
    moved = move(reservation=mine, request=span(1, 3), by=mine.member, now=NOW)
    other.refresh_from_db()
    later.refresh_from_db()
    assert other.machine == later.machine != moved.machine


def test_a_full_pool_refuses_a_move_and_another_purpose_needs_no_free_unit():
    pool, (first,) = pool_of(1)
    mine = row_on(first, 0, 1, pool)
    row_on(first, 1, 2)
    with pytest.raises(TimeTaken):
        move(reservation=mine, request=span(1, 2), by=mine.member, now=NOW)
    renamed = move(reservation=mine, request=span(0, 1), by=mine.member, now=NOW, purpose="Gear")
    assert (renamed.purpose, renamed.sequence) == ("Gear", 0)


def test_who_names_a_unit_keeps_it_and_staff_only_exchange_units():
    pool, (first, second) = pool_of(2)
    staff = RoleFactory(space=first.space).member
    mine, theirs = row_on(first, 0, 1, pool), row_on(first, 2, 3, pool)
    mine = move(reservation=mine, request=span(0, 1), by=mine.member, now=NOW, machine=second)
    theirs = move(reservation=theirs, request=span(2, 3), by=staff, now=NOW, machine=second)
    assert (mine.machine, mine.pool) == (second, None)
    assert (theirs.machine, theirs.pool) == (second, pool)


def test_the_unit_is_told_at_check_in():
    pool, (first, _second) = pool_of(2)
    mine = row_on(first, 0, 1, pool)
    assert (mine.is_of_any_unit, mine.what) == (True, "Prusa MK4 (any unit)")
    check_in(reservation=mine, by=mine.member, now=mine.starts_at)
    mine.refresh_from_db()
    assert (mine.is_of_any_unit, mine.what) == (False, first.name)


def test_what_nobody_decided_in_time_keeps_no_unit_from_who_lost_theirs():
    pool, (first, second) = pool_of(2)
    row, late = row_on(first, 0, 1, pool), row_on(second, 0, 1)
    Reservation.objects.filter(pk=late.pk).update(state="pending", expires_at=NOW - HOUR)
    done = stop_unit(machine=first, summary="Smoke", by=None, now=NOW)
    row.refresh_from_db()
    late.refresh_from_db()
    assert (done.moved, row.machine) == ([row], second)
    assert late.state == ReservationState.EXPIRED
