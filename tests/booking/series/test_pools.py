"""A series on any unit of a pool: one for each date, others making room where that is needed."""

import pytest

from booking.models import Quota
from booking.services import series
from booking.services.series import SeriesConflict
from booking.states import OnConflict
from machines.models import Machine, Pool
from members.models import Member
from tests.booking.series.booked import HOUR, NOW, at, book, in_the_way, starts, weekly
from tests.factories.booking import ReservationFactory
from tests.factories.machines import FaultFactory

pytestmark = pytest.mark.django_db


def test_each_date_has_the_unit_that_is_free(pool: Pool, machine: Machine, maker: Member) -> None:
    twin = pool.machines.exclude(pk=machine.pk).get()
    in_the_way(machine, 12)
    in_the_way(twin, 19)
    made = book(pool, maker)
    assert [row.machine for row in made.rows[1:3]] == [twin, machine]
    assert {row.pool for row in made.rows} == {pool}
    assert made.series.target == pool


def test_a_full_pool_is_told_apart_and_skipped(pool: Pool, machine: Machine, maker: Member) -> None:
    for unit in pool.machines.all():
        in_the_way(unit, 12)
    with pytest.raises(SeriesConflict) as refused:
        book(pool, maker)
    (conflict,) = refused.value.conflicts
    assert [each.message for each in conflict.refusals] == [
        "All 2 are taken then. Choose another time."
    ]
    made = book(pool, maker, on_conflict=OnConflict.SKIP)
    assert starts(made.rows) == [at(5), at(19), at(26)]


def test_others_of_the_pool_make_room_on_each_date(
    pool: Pool, machine: Machine, maker: Member
) -> None:
    twin = pool.machines.exclude(pk=machine.pk).get()
    pairs = [
        (
            ReservationFactory(machine=machine, pool=pool, starts_at=at(day)),
            ReservationFactory(machine=twin, pool=pool, starts_at=at(day) + HOUR),
        )
        for day in (5, 12, 19, 26)
    ]
    made = book(pool, maker)
    assert len(made.rows) == 4
    for (early, late), row in zip(pairs, made.rows, strict=True):
        early.refresh_from_db()
        late.refresh_from_db()
        assert early.machine == late.machine != row.machine


def test_no_working_unit_is_no_lack_of_luck(pool: Pool, maker: Member) -> None:
    for unit in pool.machines.all():
        FaultFactory(machine=unit, starts_at=NOW, stops_machine=True)
    with pytest.raises(SeriesConflict) as refused:
        book(pool, maker, weekly(1))
    assert refused.value.conflicts[0].codes == ["MACHINE_OUT_OF_SERVICE"]


def test_a_quota_of_one_machine_counts_only_the_dates_on_it(
    pool: Pool, machine: Machine, maker: Member
) -> None:
    Quota.objects.create(
        space=pool.space, account="member", scope="machine", window="month", count=2
    )
    made = book(pool, maker)
    assert len({row.machine_id for row in made.rows}) == 2
    with pytest.raises(SeriesConflict):
        book(pool, maker, weekly(1), on_conflict=OnConflict.SKIP)


def test_the_job_gives_each_new_date_a_unit(pool: Pool, machine: Machine, maker: Member) -> None:
    for unit in pool.machines.all():
        unit.policies.update(horizon_days=14)
    made = book(pool, maker, weekly(None))
    in_the_way(machine, 19)
    assert series.materialise(NOW + 7 * 24 * HOUR).kept == 1
    row = made.series.reservations.get(starts_at=at(19))
    assert row.machine != machine
