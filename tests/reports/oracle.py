"""The figures of a machine's log by brute force, second for second: an independent reading of
METRICS.

It knows nothing of the project's code. It walks through a window minute by minute, asks of each
what the clock on the wall shows and what was going on, and adds up. A minute in which anything
begins or ends is walked through by seconds. What is going on changes only where something begins or
ends, so it is asked once in between.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TypeVar
from zoneinfo import ZoneInfo

T = TypeVar("T")

STAFF = {3}
"""Who works in the space."""

TRUST = ("meter", "kiosk", "api", "staff", "import", "assumed")


@dataclass(frozen=True)
class Booking:
    """A reservation; times are seconds since 1970, people and companies are numbers."""

    start: int
    end: int
    state: str = "confirmed"
    kind: str = "booking"
    member: int | None = None
    company: int | None = None
    setup: int = 0
    turnaround: int = 0
    cancelled_late: bool = False
    released: int | None = None


@dataclass(frozen=True)
class Session:
    """Use; no end means that it still runs.

    `acts_for` are the companies whose delegate the person was when it was told. Of who is forgotten
    nothing is left but what they were.
    """

    start: int
    end: int | None
    member: int | None
    source: str = "kiosk"
    end_is_assumed: bool = False
    acts_for: frozenset[int] = frozenset()
    forgotten: bool = False
    booking: int | None = None
    """Its place among the bookings, where it was checked in to one."""


@dataclass(frozen=True)
class Fault:
    """Down time; no end means that it lasts."""

    start: int
    end: int | None
    stops: bool = True


@dataclass(frozen=True)
class History:
    """All that happened to one machine, and the hours it was open by rule.

    `week` holds wall times in minutes after midnight by weekday; an end at or before its start
    is on the next day. No week at all means always open.
    """

    zone: str
    now: int
    week: dict[int, list[tuple[int, int]]] | None = None
    closures: list[tuple[int, int]] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    retired: int | None = None
    runs: list[tuple[int, int]] = field(default_factory=list)
    metered: tuple[int, int] | None = None


Cell = tuple[date, int]
"""A date and an hour, as the clock on the wall shows them."""

Table = dict[Cell, dict[str, int]]


class Walk:
    """A walk through some days, on which every second is passed at which anything changes.

    `lasting` are the seconds by what the clock shows and by stretch, in which nothing changes;
    `passed` is one second of each stretch.
    """

    def __init__(self, histories: list[History], days: list[date]) -> None:
        self.days = days
        self.cells = dict(_minutes(tuple(days), histories[0].zone))
        moments = sorted({moment for each in histories for moment in self._moments(each)})
        torn = {moment // 60 * 60 for moment in moments if moment % 60}
        self.lasting: dict[tuple[Cell, int], int] = defaultdict(int)
        self.passed: dict[int, int] = {}
        for minute, cell in self.cells.items():
            step = 1 if minute in torn else 60
            for second in range(minute, minute + 60, step):
                stretch = bisect_right(moments, second)
                self.lasting[cell, stretch] += step
                self.passed[stretch] = second

    def opening_of(self, history: History) -> list[tuple[int, int]]:
        """The weekly hours around these days."""
        return opening_by_the_clock(history, self.days)

    def _moments(self, history: History) -> list[int]:
        """Every second at which anything changes."""
        moments = [history.now, history.retired or 0]
        moments += [t for span in (*self.opening_of(history), *history.closures) for t in span]
        for each in history.bookings:
            moments += [each.start, each.end, each.start - each.setup, each.end + each.turnaround]
            moments.append(each.released or 0)
        moments += [t for run in history.runs for t in run]
        moments += history.metered or ()
        for session in history.sessions:
            moments += [session.start, session.end or 0]
        for fault in history.faults:
            moments += [fault.start, fault.end or 0]
        return moments

    def each(self, look: Callable[[int], T]) -> list[tuple[Cell, T, int]]:
        """What is found at all seconds, with how many those are."""
        found = {stretch: look(second) for stretch, second in self.passed.items()}
        return [
            (cell, found[stretch], seconds) for (cell, stretch), seconds in self.lasting.items()
        ]

    def shown_at(self, moment: int) -> Cell | None:
        """What the clock shows then, on one of these days."""
        return self.cells.get(moment // 60 * 60)


def hours_by_brute_force(
    history: History, walk: Walk, company: int | None = None
) -> tuple[Table, Table]:
    """Seconds and counts by local date and hour.

    Also those by audience. Of a `company` only what it has booked counts, and used of it.
    """
    opened = walk.opening_of(history)
    table: Table = defaultdict(lambda: defaultdict(int))
    audiences: Table = defaultdict(lambda: defaultdict(int))

    def facts(second: int) -> tuple[set[str], set[str]]:
        holds = _what_holds(history, opened, second, company)
        return holds, _for_whom(history, holds, second) if company is None else set()

    for cell, (holds, whom), seconds in walk.each(facts):
        for fact in holds:
            table[cell][fact] += seconds
        for fact in whom:
            audiences[cell][fact] += seconds
    for booking in history.bookings:
        begun = walk.shown_at(booking.start)
        is_due = booking.kind == "booking" and booking.state in _COUNTED
        if begun and is_due and company in (None, booking.company):
            table[begun]["due_count"] += 1
            table[begun]["no_show_count"] += booking.state == "no_show"
    for fault in history.faults if company is None else ():
        begun = walk.shown_at(fault.start)
        if begun:
            table[begun]["failure_count"] += fault.stops
    return table, audiences


def saturated_by_brute_force(machines: list[History], walk: Walk) -> dict[Cell, tuple[int, int]]:
    """The seconds in which any machine was open, and those in which all that worked were busy."""
    opened = [walk.opening_of(each) for each in machines]
    table: dict[Cell, tuple[int, int]] = {}

    def facts(second: int) -> tuple[bool, bool]:
        told = [
            (_what_holds(history, hours, second), _is_held(history, second))
            for history, hours in zip(machines, opened, strict=True)
        ]
        busy = [
            "used" in holds or is_held
            for holds, is_held in told
            if "opening" in holds and not holds & {"maintenance", "down"}
        ]
        return any("opening" in holds for holds, _ in told), bool(busy) and all(busy)

    for cell, (is_open, is_full), seconds in walk.each(facts):
        before = table.get(cell, (0, 0))
        table[cell] = (before[0] + seconds * is_open, before[1] + seconds * is_full)
    return {cell: row for cell, row in table.items() if row[0]}


def _is_held(history: History, t: int) -> bool:
    """Whether the machine is kept for somebody, and not yet given back."""
    return any(
        each.kind != "maintenance"
        and each.state in _COUNTED
        and each.start - each.setup <= t < each.end + each.turnaround
        and (each.released is None or t < each.released)
        for each in history.bookings
    )


def _for_whom(history: History, holds: set[str], t: int) -> set[str]:
    """For whom this second was booked and used."""
    whom = set()
    if "booked" in holds:
        booked = [
            "company" if each.company else _person(each.member)
            for each in history.bookings
            if each.kind != "maintenance" and each.state in _COUNTED and each.start <= t < each.end
        ]
        whom.add(f"booked_by_{min(booked, key=_FIRST.index)}")
    if "used" in holds:
        using = _using(history, t)
        told = [each for each in using if _source(each) != "assumed"]
        who = [
            "company" if _companies_of(history, each, t) else _person(each.member)
            for each in told or using
        ]
        first = min(who, key=_FIRST.index)
        whom.add(f"used_by_{first}")
        if not told:
            whom.add(f"used_by_{first}_assumed")
    return whom


_FIRST = ("company", "maker", "staff", "nobody")


def _person(member: int | None) -> str:
    if member is None:
        return "nobody"
    return "staff" if member in STAFF else "maker"


def _companies_of(history: History, session: Session, t: int) -> set[int | None]:
    """The companies for which this second of a session is used."""
    if session.booking is not None:
        return {history.bookings[session.booking].company} - {None}
    return {each.company for each in history.bookings if _is_of(each, session, t)} - {None}


def _using(history: History, t: int) -> list[Session]:
    return [
        each
        for each in history.sessions
        if each.start <= t < (history.now if each.end is None else each.end)
    ]


_COUNTED = ("confirmed", "in_use", "completed", "no_show")
_PLANNED = ("held", "pending", "confirmed", "in_use", "completed")


@cache
def _minutes(days: tuple[date, ...], zone_name: str) -> list[tuple[int, Cell]]:
    """Every minute whose wall date is one of `days`, found by looking at the clock."""
    zone = ZoneInfo(zone_name)
    start = datetime.combine(min(days) - timedelta(days=2), datetime.min.time(), UTC)
    end = datetime.combine(max(days) + timedelta(days=3), datetime.min.time(), UTC)
    walls = (
        (minute, datetime.fromtimestamp(minute, zone))
        for minute in range(int(start.timestamp()), int(end.timestamp()), 60)
    )
    return [(minute, (wall.date(), wall.hour)) for minute, wall in walls if wall.date() in days]


def _what_holds(
    history: History, opened: list[tuple[int, int]], t: int, company: int | None = None
) -> set[str]:
    """The names of all measures that this second belongs to."""
    using = _using(history, t)
    if company is not None:
        using = [each for each in using if company in _companies_of(history, each, t)]
        rows = [each for each in history.bookings if each.company == company]
        blocks = [each for each in history.bookings if each.kind == "maintenance"]
        own = {
            place: rows.index(each) for place, each in enumerate(history.bookings) if each in rows
        }
        history = replace(
            history,
            bookings=rows + [each for each in blocks if each not in rows],
            sessions=[],
        )
        using = [
            replace(each, booking=own[each.booking]) if each.booking is not None else each
            for each in using
        ]
        return _holds(history, using, opened, t) - {"calendar", "opening", "maintenance", "down"}
    return _holds(history, using, opened, t)


def _holds(
    history: History, using: list[Session], opened: list[tuple[int, int]], t: int
) -> set[str]:
    in_service = history.retired is None or t < history.retired
    is_open = (
        in_service
        and (history.week is None or any(a <= t < b for a, b in opened))
        and not any(a <= t < b for a, b in history.closures)
    )
    holds = {"calendar"} if in_service else set()
    if is_open:
        holds |= {"opening"} | _what_is_booked(history, t)
        is_maintained = any(
            each.kind == "maintenance" and each.state in _PLANNED and each.start <= t < each.end
            for each in history.bookings
        )
        is_down = any(
            each.stops and each.start <= t < (history.now if each.end is None else each.end)
            for each in history.faults
        )
        if is_maintained:
            holds.add("maintenance")
        elif is_down:
            holds.add("down")
        else:
            holds |= _what_is_used(history, using, t) | _what_works(history, using, t)
            if {"no_show", "used_in_booking"} <= holds:
                holds.add("used_in_no_show")
            return holds
    return holds | _outside(using)


def _what_is_booked(history: History, t: int) -> set[str]:
    holds = set()
    for each in history.bookings:
        if each.kind == "maintenance":
            continue
        booked_now = each.start <= t < each.end
        if each.state == "cancelled":
            if each.cancelled_late and booked_now:
                holds.add("late_cancelled")
        elif each.state in _COUNTED:
            if each.start - each.setup <= t < each.end + each.turnaround:
                holds.add("occupied")
            if booked_now:
                holds.add("booked")
                if each.state == "no_show":
                    holds.add("no_show")
                if each.released is not None and t >= each.released:
                    holds.add("released")
    return holds


def _source(session: Session) -> str:
    return "assumed" if session.end_is_assumed else session.source


def _what_is_used(history: History, using: list[Session], t: int) -> set[str]:
    if not using:
        return set()
    holds = {"used"}
    sources = {_source(each) for each in using}
    holds.add("used_" + next(source for source in TRUST if source in sources))
    own = [each for each in using if _is_own(history, each, t)]
    holds.add("used_in_booking" if own else "walk_in")
    if own and all(_source(each) == "assumed" for each in own):
        holds.add("used_in_booking_assumed")
    return holds


def _outside(using: list[Session]) -> set[str]:
    if not using:
        return set()
    if all(_source(each) == "assumed" for each in using):
        return {"used_outside", "used_outside_assumed"}
    return {"used_outside"}


def _what_works(history: History, using: list[Session], t: int) -> set[str]:
    if not using or history.metered is None or not history.metered[0] <= t < history.metered[1]:
        return set()
    works = any(start <= t < end for start, end in history.runs)
    holds = {"used_metered", "working"} if works else {"used_metered"}
    if all(_source(each) == "assumed" for each in using):
        holds |= {f"{each}_assumed" for each in holds}
    return holds


def _is_own(history: History, session: Session, t: int) -> bool:
    return any(
        _is_of(each, session, t) or (place == session.booking and _covers(each, t))
        for place, each in enumerate(history.bookings)
    )


def _covers(booking: Booking, t: int) -> bool:
    return (
        booking.kind != "maintenance"
        and booking.state in _COUNTED
        and booking.start <= t < booking.end
    )


def _is_of(booking: Booking, session: Session, t: int) -> bool:
    """Whether the session is use of a booking by its person, or by who acted for its company."""
    is_same = session.member is not None and session.member == booking.member
    is_theirs = booking.company is not None and booking.company in session.acts_for
    return (is_theirs or (is_same and not session.forgotten)) and _covers(booking, t)


def opening_by_the_clock(history: History, days: list[date]) -> list[tuple[int, int]]:
    """The weekly hours as seconds since 1970, each date read off the wall."""
    spans = []
    day = min(days) - timedelta(days=3)
    while history.week is not None and day <= max(days) + timedelta(days=2):
        for start, end in history.week.get(day.weekday(), []):
            closes = end + 1440 if end <= start else end
            spans.append(
                (_on_the_wall(day, start, history.zone), _on_the_wall(day, closes, history.zone))
            )
        day += timedelta(days=1)
    return spans


@cache
def _on_the_wall(day: date, minutes: int, zone_name: str) -> int:
    """The last moment at which the clock shows this time; one that is skipped is put later."""
    zone = ZoneInfo(zone_name)
    wanted = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minutes)
    around = int(wanted.replace(tzinfo=UTC).timestamp())
    moments = range(around - 86400, around + 86400, 900)
    read = {m: datetime.fromtimestamp(m, zone).replace(tzinfo=None) for m in moments}
    shown = [m for m, wall in read.items() if wall <= wanted < wall + timedelta(minutes=15)]
    if shown:
        return shown[-1] + int((wanted - read[shown[-1]]).total_seconds())
    before = max(m for m, wall in read.items() if wall < wanted)
    return before + int((wanted - read[before]).total_seconds())
