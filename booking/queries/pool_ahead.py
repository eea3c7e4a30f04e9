"""The dates ahead on the units of a pool, of which others may change theirs to make room."""

from collections.abc import Mapping, Sequence
from typing import Any

from billing.queries import prices_of
from booking.packing import Packed
from booking.queries.ahead import Ahead
from booking.queries.facts import used_now
from booking.queries.holdings import Holding
from booking.queries.pools import Exchange, around, grouped, movable_in
from machines.models import Machine, Pool
from spaces.intervals import Interval


class PoolAhead(Ahead):
    """What the rules may know about dates on any unit, and who could make room for them.

    `moved` tells the new units of those who do, by the ids of their reservations.
    """

    def __init__(self, pool: Pool, **options: Any) -> None:
        super().__init__(**options)
        self._pool = pool
        self.moved: dict[int, int] = {}

    def look(self, spans: Sequence[Interval]) -> None:
        """Read all that decides dates at `spans`, and who could make room for them."""
        super().look(spans)
        self._movable = movable_in(self._pool, around(self.window), now=self.now)
        self._prices = prices_of(self.units.values())

    def exchange(self, units: Sequence[Machine], wanted: Interval) -> Exchange:
        """What may change places around `wanted`, what was kept so far staying where it is."""
        window = around(wanted)
        fixed: dict[int, list[Interval]] = {}
        packed: list[Packed] = []
        for unit in units:
            held = self.held[unit.pk]
            fixed[unit.pk] = [
                *held.down,
                *used_now(held, (), self.now),
                *self.kept_on(unit.pk),
            ]
            for row in held.rows:
                occupied = Interval(row.occupied_from, row.occupied_until)
                if row.pk in self._movable and window.contains(occupied):
                    packed.append(Packed(row.pk, unit.pk, occupied))
                elif occupied.overlaps(window):
                    fixed[unit.pk].append(occupied)
        return Exchange(fixed=fixed, packed=packed)

    def alike(self, units: Sequence[Machine], window: Interval) -> list[list[int]]:
        """The ids of `units` in groups on which a date of the series is worth the same.

        Their hours are compared over all of its dates, not only in `window`.
        """
        return grouped({unit.pk: self._kind(unit) for unit in units})

    def make_room(self, moved: Mapping[int, int]) -> None:
        """Have these reservations on their new units from now on."""
        for pk, unit in moved.items():
            row = self._taken_off(pk)
            self.held[unit].rows.append(row._replace(machine_id=unit))
            self.moved[pk] = unit

    def _taken_off(self, pk: int) -> Holding:
        for held in self.held.values():
            for row in held.rows:
                if row.pk == pk:
                    held.rows.remove(row)
                    return row
        raise KeyError(pk)

    def _kind(self, unit: Machine) -> object:
        pk = unit.pk
        return (
            self.terms[pk],
            self.openings[pk],
            self._prices.get(pk),
            self.skills[pk],
            unit.is_listed,
        )
