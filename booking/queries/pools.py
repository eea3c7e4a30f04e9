"""Pools: their units, what each may take, and the time that each still has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from billing.queries import prices_of
from booking.models import Reservation
from booking.packing import Packed
from booking.queries.availability import MachineNow, state_now
from booking.queries.facts import used_now
from booking.queries.holdings import Held, holdings_of
from booking.queries.terms import every_terms_of, terms_of_many
from booking.states import UPCOMING, ReservationKind
from machines.models import Machine, Pool
from machines.queries.opening import openings_of
from members.states import Audience
from spaces.intervals import Interval
from spaces.models import Space

AROUND = timedelta(days=2)
"""How far around a time reservations may change units to make room for it."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What may be rearranged: by unit what stays, and what any unit would do for."""

    fixed: dict[int, list[Interval]]
    packed: list[Packed]

    @property
    def as_it_is(self) -> dict[int, list[Interval]]:
        """By unit all that holds it, for who leaves everything where it is."""
        return {
            unit: [*held, *(each.interval for each in self.packed if each.unit == unit)]
            for unit, held in self.fixed.items()
        }


def units_of(pool: Pool) -> list[Machine]:
    """The units of `pool` that have not been retired, with all that judging them needs."""
    return list(
        Machine.objects.in_service()
        .filter(pool=pool)
        .select_related("space", "room", "category", "pool")
        .order_by("name", "pk")
    )


def listed_pools() -> QuerySet[Pool]:
    """The pools with a unit in the catalogue, each with its listed units."""
    units = Machine.objects.listed().select_related("space", "category").order_by("name", "pk")
    return (
        Pool.objects.filter(Exists(Machine.objects.listed().filter(pool=OuterRef("pk"))))
        .select_related("space")
        .prefetch_related(Prefetch("machines", units))
    )


def pools_in(space: Space) -> list[Pool]:
    """The pools of `space` with their units in service, in two queries."""
    units = Machine.objects.in_service().order_by("name", "pk")
    rows = Pool.objects.filter(space=space).order_by("name", "pk")
    return list(rows.prefetch_related(Prefetch("machines", units)))


def units_and_states(pool: Pool, *, now: datetime) -> list[tuple[Machine, MachineNow]]:
    """The units of `pool`, each with what it does now, for its staff."""
    units = units_of(pool)
    terms = terms_of_many(units, audience=Audience.STAFF)
    states = state_now(units, terms=terms, now=now)
    return [(unit, states[unit.pk]) for unit in units]


class Sight(Protocol):
    """Where it is read from who has which unit of a pool when."""

    def exchange(self, units: Sequence[Machine], wanted: Interval) -> Exchange:
        """What may change places around `wanted`."""

    def alike(self, units: Sequence[Machine], window: Interval) -> list[list[int]]:
        """The ids of `units` in groups on which a reservation is worth the same."""


@dataclass(frozen=True, slots=True)
class Stored:
    """As the database has it at `now`, without the reservation that is being changed."""

    pool: Pool
    now: datetime
    excluding: Reservation | None = None

    def exchange(self, units: Sequence[Machine], wanted: Interval) -> Exchange:
        """What may change places around `wanted`, in two queries."""
        return exchange_on(self.pool, units, wanted, now=self.now, excluding=self.excluding)

    def alike(self, units: Sequence[Machine], window: Interval) -> list[list[int]]:
        """The ids of `units` in groups, in five queries."""
        return alike_in(units, window)


def exchange_on(
    pool: Pool,
    units: Sequence[Machine],
    wanted: Interval,
    *,
    now: datetime,
    excluding: Reservation | None = None,
) -> Exchange:
    """What may change places around `wanted`, in two queries.

    Only reservations made on the pool that have not started and lie wholly in sight are movable
    (RULES, C15).
    """
    window = around(wanted)
    held = holdings_of([unit.pk for unit in units], window, now=now)
    movable = movable_in(pool, window, now=now)
    left_out = excluding.pk if excluding else None
    return Exchange(
        fixed={pk: _fixed(each, movable, left_out, now) for pk, each in held.items()},
        packed=[
            Packed(row.pk, pk, Interval(row.occupied_from, row.occupied_until))
            for pk, each in held.items()
            for row in each.rows
            if row.pk in movable and row.pk != left_out
        ],
    )


def movable_in(pool: Pool, window: Interval, *, now: datetime) -> set[int]:
    """The ids of the reservations that may change units and lie wholly in `window`."""
    rows = Reservation.objects.filter(
        pool=pool,
        state__in=UPCOMING,
        kind=ReservationKind.BOOKING,
        starts_at__gt=now,
        occupied_from__gte=window.start,
        occupied_until__lte=window.end,
    )
    return set(rows.values_list("pk", flat=True))


def _fixed(held: Held, movable: set[int], left_out: int | None, now: datetime) -> list[Interval]:
    rows = [row for row in held.rows if row.pk not in movable and row.pk != left_out]
    return [
        *(Interval(row.occupied_from, row.occupied_until) for row in rows),
        *held.down,
        *used_now(held, (), now),
    ]


def around(wanted: Interval) -> Interval:
    """The time in which others may change units to make room for `wanted`."""
    return wanted.widened(before=AROUND, after=AROUND)


def alike_in(units: Sequence[Machine], window: Interval) -> list[list[int]]:
    """The ids of `units` in groups on which a reservation in `window` is worth the same.

    They have the same hours, rules, skills and prices. Five queries.
    """
    terms, prices = every_terms_of(units), prices_of(units)
    openings = openings_of(units, window)
    skills: dict[int, set[int]] = {unit.pk: set() for unit in units}
    needed = Machine.skills.through.objects.filter(machine__in=units)
    for unit_id, skill_id in needed.values_list("machine_id", "skill_id"):
        skills[unit_id].add(skill_id)
    kinds = {}
    for unit in units:
        pk = unit.pk
        kinds[pk] = (terms[pk], openings[pk], prices.get(pk), skills[pk], unit.is_listed)
    return grouped(kinds)


def grouped(kinds: Mapping[int, object]) -> list[list[int]]:
    """The ids of the same kind together, in the order in which each kind comes first."""
    groups: list[tuple[object, list[int]]] = []
    for pk, kind in kinds.items():
        group = next((group for known, group in groups if known == kind), None)
        if group is None:
            group = []
            groups.append((kind, group))
        group.append(pk)
    return [group for _kind, group in groups]
