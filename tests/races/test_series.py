"""Series against single bookings of their dates: each hour has one holder, nobody sees a 500."""

from datetime import timedelta

import pytest

from booking.models import Reservation, Series
from booking.states import OnConflict
from machines.models import Machine
from members.models import Member
from tests.factories.booking import PolicyFactory
from tests.factories.machines import MachineFactory
from tests.races.clients import CLIENTS, Call, race
from tests.races.conftest import token_of
from tests.races.test_one_slot import HOUR, deadlocks, first_slot, overlapping_pairs, span

DATES, ROUNDS = 4, 10
WEEK = timedelta(weeks=1)


@pytest.fixture
def machine(transactional_db: None) -> Machine:
    # Weeks of the wall, which singles and series must mean alike, have no change of clocks there.
    found: Machine = MachineFactory(space__timezone="UTC")
    PolicyFactory(machine=found, horizon_days=400)
    return found


@pytest.mark.parametrize("on_conflict", OnConflict)
def test_half_plan_series_and_half_want_one_date(
    port: int, crowd: list[Member], machine: Machine, on_conflict: OnConflict
) -> None:
    """In each round sixteen series want four dates, and four single bookings want each of them."""
    start = first_slot()

    def want(client: int, turn: int) -> Call:
        at = start + turn * 2 * HOUR
        if client % 2 == 0:
            body = {
                "machine": machine.pk,
                **span(at, at + HOUR),
                "rule": f"FREQ=WEEKLY;COUNT={DATES}",
                "on_conflict": on_conflict.value,
            }
            return Call("POST", "/api/v1/series", body)
        at += (client // 2 % DATES) * WEEK
        return Call("POST", "/api/v1/reservations", {"machine": machine.pk, **span(at, at + HOUR)})

    answers = race(port, list(map(token_of, crowd)), ROUNDS, want)
    assert all(set(each) <= {201, 409, 422} for each in answers), answers
    assert sum(each.total() for each in answers) == ROUNDS * CLIENTS
    assert overlapping_pairs() == 0
    assert deadlocks() == 0
    rows = Reservation.objects.filter(machine=machine)
    # Whoever came first to a date has it: nobody left a date to nobody.
    assert rows.count() == ROUNDS * DATES
    for found in Series.objects.all():
        kept = found.reservations.count()
        if on_conflict == OnConflict.ALL_OR_NOTHING:
            assert kept == DATES
        else:
            assert kept + found.gaps.count() == DATES
    singles = rows.filter(series=None).count()
    kept = sum(found.reservations.count() for found in Series.objects.all())
    assert sum(each[201] for each in answers) == singles + Series.objects.count()
    assert singles + kept == ROUNDS * DATES
