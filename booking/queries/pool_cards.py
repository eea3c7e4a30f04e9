"""The cards of pools in the catalogue: any unit of what was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import Count

from booking.queries.catalogue import Card, cards_of
from booking.queries.viewer import Viewer
from booking.states import MachineState
from machines.models import Machine, Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolCard:
    """A pool as the catalogue shows it: the card of one unit, and how many of all are free.

    They are free now, or at the time that was asked for.
    """

    pool: Pool
    card: Card
    count: int
    free: int


def pool_cards(
    found: Sequence[Machine], viewer: Viewer, *, at_a_time: bool, now: datetime
) -> list[PoolCard]:
    """A card for each pool with units in `found`, of which `at_a_time` all are free.

    `found` has its pool, space and skills loaded. A fixed number of queries.
    """
    units = sorted((unit for unit in found if unit.pool_id is not None), key=_by_pool)
    if not units:
        return []
    counts = dict(
        Machine.objects.listed()
        .filter(pool__in={unit.pool_id for unit in units})
        .values_list("pool")
        .annotate(Count("pk"))
        .order_by()
    )
    cards = {card.machine.pk: card for card in cards_of(units, viewer, now=now)}
    return [
        PoolCard(
            pool=group[0].pool,
            card=cards[group[0].pk],
            count=counts[pk],
            free=len(group) if at_a_time else sum(_is_free(cards[unit.pk]) for unit in group),
        )
        for (_name, pk), group in ((key, list(rows)) for key, rows in groupby(units, _by_pool))
        if group[0].pool is not None and counts[pk] > 1
    ]


def _by_pool(unit: Machine) -> tuple[str, int]:
    return (unit.pool.name, unit.pool.pk) if unit.pool else ("", 0)


def _is_free(card: Card) -> bool:
    return card.now.state == MachineState.FREE
