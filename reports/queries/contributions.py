"""Who made the hours of a space: what disclosure control judges, never shown itself.

People are told apart as in the rollup, by the same log, so that those who are judged are those who
made the figure.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from machines.models import Machine
from reports.disclosure import Use
from reports.filters import Period
from reports.hours import AUDIENCES, UsedBy, bounds_of
from reports.log import Log
from reports.queries.columns import columns_of
from reports.queries.log import logs_of
from reports.spans import Span, span_of
from reports.sweep import Inside, Ints, Spans, Sweep, ints
from spaces.models import Space

COMPANY = AUDIENCES.index(UsedBy.COMPANY)

MEMBERS = """
    SELECT id::int8, coalesce(member_id, 0)::int8 FROM booking_reservation
    WHERE id = ANY(%s)
"""

Months = Sequence[tuple[date, Span]]


@dataclass(frozen=True, slots=True)
class MadeByPerson:
    """The use and the bookings of a space's machines by person, in seconds."""

    used: list[Use]
    booked: list[Use]


@dataclass(frozen=True, slots=True)
class _Pieces:
    """When one person had a machine, for which company; 0 is nobody, and none.

    A negative `sign` takes away what another piece gives to a company.
    """

    spans: Spans
    used_by: Ints
    member: Ints
    company: Ints
    sign: Ints


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
    return MadeByPerson(
        used=_summed(_used(log, window), Inside(available, window), rows),
        booked=_summed(_booked(log), Inside(opening, window), rows),
    )


def _used(log: Log, window: Span) -> _Pieces:
    """Every use, and apart from it what a person used of what her company had booked."""
    uses, parts = log.uses, log.in_own_booking()
    chosen = log.for_companies(parts)
    pairs, lane = np.unique(
        np.stack([parts.use[chosen], log.bookings.company[parts.booking[chosen]]], axis=1),
        axis=0,
        return_inverse=True,
    )
    sweep = Sweep(
        window,
        theirs=Spans(lane.reshape(-1), parts.spans.start[chosen], parts.spans.end[chosen]),
    )
    loose = sweep.spans(sweep.covered("theirs"))
    use, company = pairs[loose.lane, 0], pairs[loose.lane, 1]
    spans = Spans(uses.lane[use], loose.start, loose.end)
    one = np.ones(len(use), dtype=np.int64)
    return _Pieces(
        spans=uses.spans + spans + spans,
        used_by=np.concatenate(
            [np.where(uses.company > 0, COMPANY, uses.used_by), COMPANY * one, uses.used_by[use]]
        ),
        member=np.concatenate([uses.member, uses.member[use], uses.member[use]]),
        company=np.concatenate([uses.company, company, 0 * one]),
        sign=np.concatenate([np.ones(len(uses.lane), dtype=np.int64), one, -one]),
    )


def _booked(log: Log) -> _Pieces:
    rows = log.bookings
    pk, member = columns_of(MEMBERS, [rows.id.tolist()], 2)
    members = dict(zip(pk.tolist(), member.tolist(), strict=True))
    return _Pieces(
        spans=rows.booked,
        used_by=rows.booked_by,
        member=ints([members.get(pk, 0) for pk in rows.id.tolist()]),
        company=rows.company,
        sign=np.ones(len(rows.id), dtype=np.int64),
    )


def _summed(pieces: _Pieces, within: Inside, rows: _Rows) -> list[Use]:
    """The seconds of each person, party and audience, by machine or by month."""
    lane = 0 * pieces.spans.lane if rows.months else pieces.spans.lane
    keys = np.stack([lane, pieces.used_by, pieces.member, pieces.company], axis=1)
    groups, place = np.unique(keys, axis=0, return_inverse=True)
    found: list[Use] = []
    parts: Sequence[tuple[date | None, Span]] = rows.months or [(None, rows.window)]
    for month, window in parts:
        sums = np.zeros(len(groups), dtype=np.int64)
        np.add.at(sums, place.reshape(-1), pieces.sign * within.seconds(pieces.spans, window))
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
