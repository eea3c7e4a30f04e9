"""Whatever is moved, counted and undone in whatever order: stock is the sum of its movements."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from machines.models import Consumable
from machines.services.stock import (
    Counted,
    TakenAlready,
    UndoneAlready,
    count,
    discard,
    receive,
    take,
    undo,
)
from tests.factories.stock import ConsumableFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)

quantities = st.decimals(Decimal("0.001"), Decimal(5000), places=3)
acts = st.one_of(
    st.tuples(st.sampled_from(["receive", "discard", "count"]), quantities),
    st.tuples(st.just("take"), quantities, st.sampled_from(["", "session:1", "session:2"])),
    st.tuples(st.just("undo"), st.integers(0, 5)),
)


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(acts, max_size=15), minimum=st.integers(0, 3000))
def test_the_stock_is_the_sum_of_its_movements(
    steps: list[tuple[str, Decimal]], minimum: int
) -> None:
    item = ConsumableFactory(minimum=minimum)
    for number, step in enumerate(steps):
        act(item, step, NOW + number * HOUR)
        item.refresh_from_db()
        movements = list(item.movements.order_by("pk"))
        added_up = item.movements.aggregate(sum=Sum("quantity"))["sum"] or 0
        assert item.quantity == added_up
        assert not movements or movements[-1].balance == item.quantity
        if movements:
            assert (item.low_since is not None) == (item.quantity <= minimum)
        keys = [
            each.session_key
            for each in movements
            if each.session_key and not each.undoes_id and not hasattr(each, "undone_by")
        ]
        assert len(keys) == len(set(keys))


def act(item: Consumable, step: tuple[object, ...], now: datetime) -> None:
    """Do one thing; what is refused changes nothing."""
    match step:
        case ("receive", Decimal() as quantity):
            receive(item=item, quantity=quantity, by=None, now=now)
        case ("discard", Decimal() as quantity):
            discard(item=item, quantity=quantity, by=None, now=now)
        case ("count", Decimal() as found):
            item.refresh_from_db()
            count(counted=[Counted(item, found, item.quantity)], by=None, now=now)
        case ("take", Decimal() as quantity, str() as key):
            try:
                take(item=item, quantity=quantity, session_key=key, by=None, now=now)
            except TakenAlready:
                return
        case ("undo", int() as which):
            movements = list(item.movements.order_by("pk"))
            if which < len(movements):
                try:
                    undo(movement=movements[which], by=None, now=now)
                except UndoneAlready:
                    return
