"""Which reservations a block, upkeep, a closure or a fault stands against, and what to propose."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import cos, hypot, radians

from django.db.models import Q

from booking.displacing import Case, Option, Piece, Unit, options_for
from booking.models import Offer, Reservation
from booking.models.reservation import ReservationQuerySet
from booking.queries.facts import used_now
from booking.queries.holdings import Held, holdings_of
from booking.queries.papers import Papers
from booking.queries.presence import missed_among
from booking.queries.terms import Policies
from booking.states import (
    PROPOSAL_NOTICE,
    PROPOSED_AHEAD,
    UPCOMING,
    OfferState,
    ReservationKind,
    ReservationState,
    WayOut,
)
from machines.models import Machine
from machines.queries.opening import openings_of
from members.permissions import staff_among
from members.states import Audience
from spaces.intervals import DAY, Interval
from spaces.models import Space

PARTS = ("machine__space", "machine__category", "machine__room", "member", "company", "created_by")

NEARBY = 100
"""How many kilometres away another space is still worth the way."""

KILOMETRES_A_DEGREE = 111

MOST_ELSEWHERE = 24
"""On how many machines of a category, the nearest first, another space is asked for time."""

PROPOSABLE = frozenset({WayOut.SAME_TIME, WayOut.LATER, WayOut.ELSEWHERE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """Time that is taken from whoever has reserved it on `machines` of one space.

    Setup and turnaround count where they would stand in the way of a row. Where the space may
    make exceptions, a reservation may stay as it is. Where machines lose different times, `apart`
    has those of each by its id, and `spans` all of them.
    """

    machines: tuple[Machine, ...]
    spans: tuple[Interval, ...]
    apart: Mapping[int, tuple[Interval, ...]] | None = None
    counts_buffers: bool = False
    may_stay: bool = True

    def hits(self, row: Reservation) -> bool:
        """Whether `row` cannot take place."""
        held = Interval(row.occupied_from, row.occupied_until) if self.counts_buffers else row.span
        return any(held.overlaps(span) for span in self.spans_on(row.machine_id))

    def spans_on(self, machine: int) -> tuple[Interval, ...]:
        """The time that is taken on one of the machines."""
        return self.spans if self.apart is None else self.apart[machine]


@dataclass(frozen=True, slots=True, kw_only=True)
class Displaced:
    """What is decided about as one: the rows, those that must go, and what can become of them."""

    rows: tuple[Reservation, ...]
    hit: frozenset[int]
    options: tuple[Option, ...]
    is_offer: bool
    """Whether it is only offered to somebody who waits, who then waits on."""

    @property
    def key(self) -> int:
        """The id by which a choice is made about it."""
        return self.rows[0].pk

    @property
    def best(self) -> Option:
        """What its holder would like best."""
        return self.options[0]

    @property
    def by_value(self) -> dict[str, Option]:
        """The options as a form names them: each by what it does to which row."""
        return {value_of(option): option for option in self.options}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that is displaced, and the machines that the options speak of."""

    cases: tuple[Displaced, ...]
    machines: dict[int, Machine]

    @property
    def rows(self) -> list[Reservation]:
        """Every row that is decided about."""
        return [row for case in self.cases for row in case.rows]


def value_of(option: Option) -> str:
    """An option as a form names it; another time or unit is another name."""
    told = "|".join(
        f"{row}:{spot.unit}:{spot.span.start.isoformat()}"
        for row, spot in sorted(option.spots.items())
    )
    return f"{option.way}-{hashlib.sha256(told.encode()).hexdigest()[:12]}"


def plan_for(taking: Taking, *, now: datetime) -> Plan:
    """Everything that `taking` displaces, each with its ways out.

    As many queries for a hundred reservations as for one, fifteen at most.
    """
    hit = affected_by(taking, now=now)
    if not hit:
        return Plan(cases=(), machines={})
    groups = _groups(hit, now=now)
    return _Survey(taking, groups, {row.pk for row in hit}, now).plan()


def affected_by(taking: Taking, *, now: datetime) -> list[Reservation]:
    """The reservations to come that `taking` hits, in the order of their start.

    What is in use is not displaced, nor is what holds a machine for the space itself.
    """
    if not taking.spans:
        return []
    rows = _to_come(now).touching(
        min(span.start for span in taking.spans), max(span.end for span in taking.spans)
    )
    rows = rows.filter(machine__in=taking.machines)
    return [row for row in _still_kept(rows, now) if taking.hits(row)]


def _to_come(now: datetime) -> ReservationQuerySet:
    return (
        Reservation.objects.filter(
            state__in=UPCOMING, kind=ReservationKind.BOOKING, ends_at__gt=now
        )
        .not_overdue(now)
        .select_related(*PARTS)
    )


def _still_kept(rows: ReservationQuerySet, now: datetime) -> list[Reservation]:
    """The rows in the order of their start, without those that nobody came for in time."""
    found = list(rows.order_by("starts_at", "pk"))
    missed = {row.pk for row in missed_among(found, now)}
    return [row for row in found if row.pk not in missed]


def _groups(hit: Sequence[Reservation], *, now: datetime) -> list[list[Reservation]]:
    """The rows that are decided about as one: each that is hit, with what was made with it."""
    bundles = {row.bundle_id for row in hit if row.bundle_id is not None}
    together = _still_kept(_to_come(now).filter(bundle_id__in=bundles), now) if bundles else []
    groups: list[list[Reservation]] = []
    seen: set[object] = set()
    for row in hit:
        if row.bundle_id is None:
            groups.append([row])
        elif row.bundle_id not in seen:
            seen.add(row.bundle_id)
            groups.append([each for each in together if each.bundle_id == row.bundle_id])
    return groups


class _Survey:
    """Reads once, for all groups, what the search needs to know."""

    def __init__(
        self, taking: Taking, groups: list[list[Reservation]], hit: set[int], now: datetime
    ) -> None:
        self._taking, self._groups, self._hit, self._now = taking, groups, hit, now
        self._rows = {row.pk: row for group in groups for row in group}
        self._earliest = now + PROPOSAL_NOTICE
        spans = [row.span for row in self._rows.values()]
        latest = max(self._earliest, *(span.end for span in spans))
        self._window = Interval(min(span.start for span in spans) - DAY, latest + PROPOSED_AHEAD)
        self._machines = {machine.pk: machine for machine in self._candidates()}
        self._staff = staff_among(
            {row.member_id for row in self._rows.values() if row.member_id is not None},
            {machine.space_id for machine in self._machines.values()},
        )
        self._held = holdings_of(list(self._machines), self._window, now=now)

    def plan(self) -> Plan:
        """The cases with their options."""
        offered = set(
            Offer.objects.filter(reservation__in=self._rows, state=OfferState.OPEN).values_list(
                "reservation_id", flat=True
            )
        )
        units = {unit.pk: unit for unit in self._units()}
        cases = [self._case(group, offered) for group in self._groups]
        pieces = {piece.row: piece for case in cases for piece in case.pieces}
        papers = Papers(
            rows=self._rows.values(),
            machines=self._machines,
            terms=lambda row, machine: pieces[row].terms_on(units[machine]),
            now=self._now,
        )
        options = options_for(
            cases,
            list(units.values()),
            allowed=papers.allow,
            engaged=self._engaged(),
            earliest=self._earliest,
        )
        stays = [Option(way=WayOut.KEEP, spots={})] if self._taking.may_stay else []
        return Plan(
            cases=tuple(
                Displaced(
                    rows=tuple(group),
                    hit=frozenset(row.pk for row in group if row.pk in self._hit),
                    options=(*options[case.key], *stays),
                    is_offer=case.key in offered,
                )
                for case, group in zip(cases, self._groups, strict=True)
            ),
            machines=self._machines,
        )

    def _case(self, group: list[Reservation], offered: set[int]) -> Case:
        ways = PROPOSABLE
        if any(row.pk in offered for row in group):
            # It is nobody's yet; whoever waits is offered another time by the job.
            ways = frozenset()
        elif any(row.guarantee_id is not None for row in group):
            # A guaranteed window has its hours by contract: another unit will do, another time not.
            ways = frozenset({WayOut.SAME_TIME})
        return Case(
            key=group[0].pk,
            ways=ways,
            pieces=tuple(
                Piece(
                    row=row.pk,
                    unit=row.machine_id,
                    span=row.span,
                    is_hit=row.pk in self._hit,
                    holder=row.member_id,
                    audiences=self._audiences(row),
                )
                for row in group
            ),
        )

    def _audiences(self, row: Reservation) -> dict[int, Audience]:
        """By space whose terms hold for the holder of `row`."""
        spaces = {machine.space_id for machine in self._machines.values()}
        if row.company_id is not None:
            return dict.fromkeys(spaces, Audience.COMPANY)
        works_in = {space for member, space in self._staff if member == row.member_id}
        return dict.fromkeys(works_in, Audience.STAFF)

    def _candidates(self) -> list[Machine]:
        """The machines of the rows, their twins, and the nearest of their kind in other spaces."""
        own = [row.machine for row in self._rows.values()]
        space = own[0].space
        of_kind = Q(category__in={machine.category_id for machine in own}, is_listed=True)
        of_pool = Q(pool__in={machine.pool_id for machine in own if machine.pool_id is not None})
        alike = of_pool | of_kind & (Q(space=space) | Q(space__is_listed=True))
        rows = Machine.objects.filter(
            Q(pk__in={machine.pk for machine in own}) | alike & Q(retired_at=None)
        )
        found = [
            machine
            for machine in rows.select_related("space", "category", "room").order_by("name", "pk")
            if _distance(machine.space, space) <= NEARBY
        ]
        found.sort(key=lambda machine: _distance(machine.space, space))
        elsewhere: dict[int, int] = {}
        kept = []
        for machine in found:
            if machine.space_id != space.pk:
                elsewhere[machine.category_id] = elsewhere.get(machine.category_id, 0) + 1
                if elsewhere[machine.category_id] > MOST_ELSEWHERE:
                    continue
            kept.append(machine)
        return kept

    def _units(self) -> Iterator[Unit]:
        machines = list(self._machines.values())
        policies, openings = Policies(machines), openings_of(machines, self._window)
        taken = {machine.pk for machine in self._taking.machines}
        for machine in machines:
            pk, hours = machine.pk, openings[machine.pk]
            terms = {each: policies.of(machine, each).terms for each in Audience}
            busy = list(_busy(self._held[pk], self._now))
            if pk in taken:
                busy += [(0, span) for span in self._taking.spans_on(pk)]
            yield Unit(
                pk=pk,
                space=machine.space_id,
                category=machine.category_id,
                pool=machine.pool_id,
                zone=machine.space.zone,
                terms=terms,
                hours={
                    each: found.bookable(
                        opened=hours.open, staffed=hours.staffed, zone=machine.space.zone
                    )
                    for each, found in terms.items()
                },
                busy=tuple(busy),
            )

    def _engaged(self) -> dict[int, list[tuple[int, Interval]]]:
        """When the holders have something, in all spaces (RULES, C32)."""
        holders = {row.member_id for row in self._rows.values() if row.member_id is not None}
        rows = (
            Reservation.objects.filter(
                member__in=holders,
                state__in=(*UPCOMING, ReservationState.IN_USE),
                starts_at__lt=self._window.end,
                ends_at__gt=self._window.start,
            )
            .not_overdue(self._now)
            .order_by()
        )
        engaged: dict[int, list[tuple[int, Interval]]] = {}
        for holder, pk, start, end in rows.values_list("member_id", "pk", "starts_at", "ends_at"):
            engaged.setdefault(holder, []).append((pk, Interval(start, end)))
        return engaged


def _busy(held: Held, now: datetime) -> Iterator[tuple[int, Interval]]:
    """What has a machine by the row that does; 0 where it is none."""
    for row in held.rows:
        yield row.pk, Interval(row.occupied_from, row.occupied_until)
    for span in (*held.down, *used_now(held, (), now)):
        yield 0, span


def _distance(one: Space, other: Space) -> float:
    """How many kilometres two spaces are apart, roughly; without a position only a city tells."""
    if one.pk == other.pk:
        return -1
    if None in (one.latitude, one.longitude, other.latitude, other.longitude):
        return 0 if (one.city, one.country) == (other.city, other.country) else float("inf")
    north, east, north_other, east_other = (
        float(each or 0) for each in (one.latitude, one.longitude, other.latitude, other.longitude)
    )
    narrowed = cos(radians((north + north_other) / 2))
    return KILOMETRES_A_DEGREE * hypot(north - north_other, (east - east_other) * narrowed)
