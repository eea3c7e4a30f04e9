"""A machine's year: who booked it, who came, who did not. Drawn with a fixed seed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from booking.facts import Terms
from booking.states import ReservationState
from spaces.intervals import Interval

STEP = timedelta(minutes=30)
LENGTHS = tuple(timedelta(minutes=minutes) for minutes in (60, 60, 90, 120, 120, 180, 240))
BUSY_HOURS = {17: 1.7, 18: 2.0, 19: 1.9, 20: 1.4, 14: 1.2, 15: 1.2, 16: 1.4}
QUIET_HOURS = range(8)
SATURDAY = 5
FADES_OVER = timedelta(days=9)
"""Reservations to come grow rarer by the factor e over this time."""

RUSH = 0.9
"""The chance that someone starts in a half hour in which everybody wants the machine."""

NO_SHOW, CANCELLED, LATE_CANCELLED = 0.045, 0.07, 0.008
FORGOTTEN, BY_STAFF = 0.05, 0.07


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One booking and what came of it; `used` is None where nobody came."""

    span: Interval
    occupied: Interval
    state: ReservationState
    created_at: datetime
    used: Interval | None = None
    is_open: bool = False
    is_forgotten: bool = False
    is_by_staff: bool = False
    is_late_cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where and when a machine's visits may fall, and how sought after it is (1 is usual).

    In the hours of the week of `rush`, Monday being 0, everybody wants it.
    """

    open: Sequence[Interval]
    blocked: Sequence[Interval]
    zone: ZoneInfo
    terms: Terms
    demand: float
    now: datetime
    rush: Collection[tuple[int, int]] = field(default=())


def visits(setting: Setting, rng: Random) -> list[Visit]:
    """The machine's visits in order; their occupied times never overlap."""
    found: list[Visit] = []
    free_from: datetime | None = None
    for opening in setting.open:
        start = opening.start
        while start + STEP <= opening.end:
            visit = _visit_at(start, opening, free_from, setting, rng)
            if visit is None:
                start += STEP
                continue
            found.append(visit)
            start = visit.span.end
            free_from = visit.occupied.end
    return found


def _visit_at(
    start: datetime, opening: Interval, free_from: datetime | None, setting: Setting, rng: Random
) -> Visit | None:
    if rng.random() >= _likelihood(start, setting):
        return None
    longest = min(setting.terms.longest, opening.end - start)
    length = min(rng.choice(LENGTHS), longest)
    if length < setting.terms.shortest:
        return None
    span = Interval(start, start + length)
    occupied = span.widened(before=setting.terms.setup, after=setting.terms.turnaround)
    if free_from is not None and occupied.start < free_from:
        return None
    if any(occupied.overlaps(block) for block in setting.blocked):
        return None
    return _with_outcome(span, occupied, setting, rng)


def _likelihood(start: datetime, setting: Setting) -> float:
    """The chance that someone starts at `start`: by hour, weekday, season and distance."""
    local = start.astimezone(setting.zone)
    chance = 0.075 * setting.demand * BUSY_HOURS.get(local.hour, 1.0)
    if (local.weekday(), local.hour) in setting.rush:
        chance = max(chance, RUSH)
    if local.hour in QUIET_HOURS:
        chance *= 0.12
    if local.weekday() == SATURDAY:
        chance *= 1.3
    if local.month in (7, 8):
        chance *= 0.6
    if start > setting.now:
        days = (start - setting.now) / FADES_OVER
        chance *= 2.718281828 ** -max(days, 0.0)
    return chance


def _with_outcome(span: Interval, occupied: Interval, setting: Setting, rng: Random) -> Visit:
    made = min(span.start, setting.now) - timedelta(hours=rng.choice((2, 20, 30, 50, 90, 160)))
    if span.start >= setting.now:
        return Visit(
            span=span, occupied=occupied, state=ReservationState.CONFIRMED, created_at=made
        )
    luck = rng.random()
    if luck < CANCELLED:
        return Visit(
            span=span,
            occupied=occupied,
            state=ReservationState.CANCELLED,
            created_at=made,
            is_late_cancelled=luck < LATE_CANCELLED,
        )
    if luck < CANCELLED + NO_SHOW and span.start + setting.terms.grace_period < setting.now:
        return Visit(span=span, occupied=occupied, state=ReservationState.NO_SHOW, created_at=made)
    return _visited(span, occupied, made, setting, rng)


def _visited(
    span: Interval, occupied: Interval, made: datetime, setting: Setting, rng: Random
) -> Visit:
    began = min(span.start + timedelta(minutes=rng.randint(0, 12)), setting.now)
    if span.end > setting.now:
        return Visit(
            span=span,
            occupied=occupied,
            state=ReservationState.IN_USE,
            created_at=made,
            used=Interval(began, span.end),
            is_open=True,
        )
    forgotten = rng.random() < FORGOTTEN
    left = span.end if forgotten else span.end - timedelta(minutes=max(0, rng.randint(-20, 35)))
    ended = max(began, left)
    return Visit(
        span=span,
        occupied=Interval(occupied.start, min(occupied.end, ended + setting.terms.turnaround)),
        state=ReservationState.COMPLETED,
        created_at=made,
        used=Interval(began, ended),
        is_forgotten=forgotten,
        is_by_staff=not forgotten and rng.random() < BY_STAFF,
    )
