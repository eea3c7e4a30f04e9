"""Several take from one shelf at once: nothing is lost, and nothing counted twice."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from machines.models import Consumable, StockMovement
from machines.services.stock import take
from tests.factories.stock import ConsumableFactory
from tests.races.looking import deadlocks
from tests.races.rush import DONE, rush

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
PEOPLE, ROUNDS = 6, 10


@pytest.mark.django_db(transaction=True)
def test_what_six_take_at_once_is_taken_six_times() -> None:
    item = ConsumableFactory.create()

    def act(person: int, number: int) -> None:
        # Each sends what they took twice, as a tablet does that heard no answer.
        for _time in range(2):
            key = f"session:{person}-{number}"
            take(item=item, quantity=Decimal(1), session_key=key, by=None, now=NOW)

    assert rush(PEOPLE, ROUNDS, act) == [[DONE] * PEOPLE] * ROUNDS
    assert Consumable.objects.get(pk=item.pk).quantity == -PEOPLE * ROUNDS
    balances = StockMovement.objects.filter(item=item).values_list("balance", flat=True)
    assert sorted(balances) == [Decimal(each) for each in range(-PEOPLE * ROUNDS, 0)]
    assert deadlocks() == 0
