"""Who made the hours of a space: what disclosure control judges, never shown itself.

People are told apart as in the rollup, by the same log, so that those who are judged are those who
made the figure.
"""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from machines.models import Machine
from reports.blocks import Use
from reports.filters import Period
from reports.hours import ASSUMED, AUDIENCES, UsedBy, bounds_of
from reports.log import Log
from reports.queries.log import logs_of
from reports.spans import Span, span_of
from reports.sweep import Inside, Ints, Spans, Sweep
from spaces.models import Space

COMPANY = AUDIENCES.index(UsedBy.COMPANY)

Months = Sequence[tuple[date, Span]]


@dataclass(frozen=True, slots=True)
class MadeByPerson:
    """The use and the bookings of a space's machines by person, in seconds.

    `acting` tells for which parties, that are companies, a person may act.
    """

    used: list[Use]
    booked: list[Use]
    acting: dict[Hashable, set[Hashable]]


@dataclass(frozen=True, slots=True)
class _Pieces:
    """When one person had a machine, for which company; 0 is nobody, and none."""

    spans: Spans
    used_by: Ints
    member: Ints
    company: Ints
    is_assumed: Ints


@dataclass(frozen=True, slots=True)
class _Rows:
    """By what is summed: the machines of the log, or the months where there are any."""

    machines: Sequence[int]
    window: Span
    months: Months


def made_by_person(
    space: Space, period: Period, *, now: datetime, by_month: bool = False
) -> MadeByPerson:
    """Who used and booked the machines of `space` in `period`, by machine, or else by month.

    Use counts within available time and bookings within opening hours, as METRICS has it. In a
    fixed number of queries.
    """
    machines = list(Machine.objects.filter(space=space).select_related("space"))
    whole = period.window(space.zone)
    log = logs_of(machines, whole, now=now)
    window = span_of(whole.start, whole.end)
    opening, available = bounds_of(log, window)
    months: list[tuple[date, Span]] = []
    for month in period.months if by_month else ():
        of_month = Period.month_of(month).window(space.zone)
        start, end = max(of_month.start, whole.start), min(of_month.end, whole.end)
        months.append((month, span_of(start, end)))
    rows = _Rows(log.machines, window, months)
    used, booked = _used(log), _booked(log)
    return MadeByPerson(
        used=_summed(_given_to_one(used, window), Inside(available, window), rows),
        booked=_summed(_given_to_one(booked, window), Inside(opening, window), rows),
        acting=_acting(log),
    )


def _used(log: Log) -> _Pieces:
    """Every use, and besides it what a person used of what her company had booked."""
    uses, parts = log.uses, log.in_own_booking()
    chosen = log.for_companies(parts)
    use, booking = parts.use[chosen], parts.booking[chosen]
    is_assumed = (uses.source == ASSUMED).astype(np.int64)
    return _Pieces(
        spans=uses.spans + parts.spans.only(chosen),
        used_by=np.concatenate(
            [np.where(uses.company > 0, COMPANY, uses.used_by), np.full(len(use), COMPANY)]
        ),
        member=np.concatenate([uses.member, uses.member[use]]),
        company=np.concatenate([uses.company, log.bookings.company[booking]]),
        is_assumed=np.concatenate([is_assumed, is_assumed[use]]),
    )


def _booked(log: Log) -> _Pieces:
    rows = log.bookings
    return _Pieces(
        spans=rows.booked,
        used_by=rows.booked_by,
        member=rows.member,
        company=rows.company,
        is_assumed=np.zeros(len(rows.id), dtype=np.int64),
    )


def _given_to_one(pieces: _Pieces, window: Span) -> _Pieces:
    """Every second given to one person, as it counts once: to who had the machine longest.

    So the largest part is never told smaller than it is by what lies inside it. Of one person the
    first in the order of the rollup counts: what is told, then by audience.
    """
    sweep = Sweep(window, all=pieces.spans)
    claim, piece = sweep.pieces_of("all")
    _, person = np.unique(
        np.stack([pieces.spans.lane, pieces.member], axis=1), axis=0, return_inverse=True
    )
    person = person.reshape(-1)[claim]
    had = np.bincount(person, weights=(sweep.end - sweep.start)[piece]).astype(np.int64)
    order = np.lexsort(
        (
            pieces.company[claim],
            pieces.used_by[claim],
            pieces.is_assumed[claim],
            person,
            -had[person],
            pieces.member[claim] == 0,
            piece,
        )
    )
    places, first = np.unique(piece[order], return_index=True)
    chosen = claim[order[first]]
    return _Pieces(
        spans=Spans(sweep.lane[places], sweep.start[places], sweep.end[places]),
        used_by=pieces.used_by[chosen],
        member=pieces.member[chosen],
        company=pieces.company[chosen],
        is_assumed=pieces.is_assumed[chosen],
    )


def _acting(log: Log) -> dict[Hashable, set[Hashable]]:
    """For which companies those who used a machine could act."""
    acting: dict[Hashable, set[Hashable]] = defaultdict(set)
    member = log.uses.member[log.acting.use]
    for person, company in zip(member.tolist(), log.acting.company.tolist(), strict=True):
        acting[person].add(("company", company))
    return acting


def _summed(pieces: _Pieces, within: Inside, rows: _Rows) -> list[Use]:
    """The seconds of each person, party and audience, by machine or by month."""
    lane = 0 * pieces.spans.lane if rows.months else pieces.spans.lane
    keys = np.stack([lane, pieces.used_by, pieces.member, pieces.company], axis=1)
    groups, place = np.unique(keys, axis=0, return_inverse=True)
    found: list[Use] = []
    parts: Sequence[tuple[date | None, Span]] = rows.months or [(None, rows.window)]
    for month, window in parts:
        sums = np.zeros(len(groups), dtype=np.int64)
        np.add.at(sums, place.reshape(-1), within.seconds(pieces.spans, window))
        found += [
            _use(rows.machines[lane] if month is None else month, used_by, member, company, seconds)
            for (lane, used_by, member, company), seconds in zip(
                groups.tolist(), sums.tolist(), strict=True
            )
            if seconds > 0
        ]
    return found


def _use(row: Hashable, used_by: int, member: int, company: int, seconds: int) -> Use:
    person = member or None
    return Use(
        row=row,
        column=AUDIENCES[used_by].value,
        person=person,
        party=("company", company) if company else ("person", person),
        amount=seconds,
    )
