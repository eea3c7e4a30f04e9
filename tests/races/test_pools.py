"""Many want any unit of a pool at once: as many get one as there are units, and nobody waits."""

from collections import Counter

import pytest

from booking.models import Reservation
from machines.models import Machine, Pool
from members.models import Member
from tests.factories.booking import PolicyFactory
from tests.factories.machines import CategoryFactory, MachineFactory
from tests.factories.spaces import SpaceFactory
from tests.races.clients import CLIENTS, Call, race
from tests.races.conftest import token_of
from tests.races.looking import HOUR, deadlocks, first_slot, overlapping_pairs

UNITS, SLOTS = 10, 100


@pytest.fixture
def units(transactional_db: None) -> list[Machine]:
    space = SpaceFactory()
    pool = Pool.objects.create(space=space, slug="printers", name="Printers")
    found = MachineFactory.create_batch(UNITS, space=space, category=CategoryFactory(), pool=pool)
    for unit in found:
        PolicyFactory(machine=unit)
    return found


def test_of_32_who_want_one_of_10_units_10_get_one(
    port: int, units: list[Machine], crowd: list[Member]
) -> None:
    start, pool = first_slot(), units[0].pool_id

    def reserve(_client: int, slot: int) -> Call:
        at = start + slot * HOUR
        span = {"starts_at": at.isoformat(), "ends_at": (at + HOUR).isoformat()}
        return Call("POST", "/api/v1/reservations", {"pool": pool, **span})

    answers = race(port, list(map(token_of, crowd)), SLOTS, reserve)
    assert answers == [Counter({201: UNITS, 409: CLIENTS - UNITS})] * SLOTS
    taken = Counter(Reservation.objects.values_list("machine", flat=True))
    assert taken == {unit.pk: SLOTS for unit in units}
    assert overlapping_pairs() == 0
    assert deadlocks() == 0
