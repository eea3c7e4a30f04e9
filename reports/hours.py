"""From the log of a machine to the seconds of each local hour, as METRICS defines them. Pure."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from booking.states import SessionSource
from reports.spans import Cell, Span, first_cell, intersect, merge, subtract

SOURCES = (
    SessionSource.METER,
    SessionSource.KIOSK,
    SessionSource.API,
    SessionSource.STAFF,
    SessionSource.IMPORT,
    SessionSource.ASSUMED,
)
"""Who is believed first where two sources tell of the same second, so that each counts once."""

MEASURES = (
    "calendar",
    "opening",
    "maintenance",
    "down",
    "booked",
    "occupied",
    "no_show",
    "released",
    "late_cancelled",
    "used",
    "used_outside",
    "used_in_booking",
    "walk_in",
    *(f"used_{source}" for source in SOURCES),
    "used_outside_assumed",
    "used_in_booking_assumed",
    "working",
    "used_metered",
)
"""What the rollup holds in seconds: the names of its columns, in the order of a row."""

COUNTS = ("due_count", "no_show_count")
"""What the rollup counts, at the hour in which a reservation starts."""

COLUMNS = (*MEASURES, *COUNTS)
DUE = COLUMNS.index("due_count")
NO_SHOW = COLUMNS.index("no_show_count")

HourRow = list[int]
HourRows = dict[tuple[date, int], HourRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """A reservation or workshop that counts as booked.

    `holders` are the people whose use is use of this reservation: the member, and the delegates
    of its company. `released_at` is the second from which a no-show's machine was free again.
    """

    id: int
    booked: Span
    occupied: Span
    holders: frozenset[int]
    needs_check_in: bool
    is_no_show: bool
    released_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A usage session, an open one ending now.

    One whose end nobody told counts as assumed, whoever told its start.
    """

    span: Span
    source: SessionSource
    member: int | None
    reservation: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineLog:
    """All that is known of one machine over a window; spans may overlap and reach beyond it.

    `runs` is when meters say that it works, `metered` when there was one to say so.
    """

    life: Span
    opening: Sequence[Span] = ()
    maintenance: Sequence[Span] = ()
    faults: Sequence[Span] = ()
    late_cancelled: Sequence[Span] = ()
    bookings: Sequence[Booked] = ()
    uses: Sequence[Use] = field(default=())
    runs: Sequence[Span] = ()
    metered: Sequence[Span] = ()


def time_of(log: MachineLog) -> dict[str, list[Span]]:
    """Each measure as a set of time (METRICS, time of one unit)."""
    life = merge([log.life])
    opening = intersect(life, merge(log.opening))
    maintenance = intersect(opening, merge(log.maintenance))
    down = subtract(intersect(opening, merge(log.faults)), maintenance)
    available = subtract(subtract(opening, maintenance), down)
    return {
        "calendar": life,
        "opening": opening,
        "maintenance": maintenance,
        "down": down,
        **_time_booked(log, opening),
        **_time_used(log, available),
    }


def _time_booked(log: MachineLog, opening: list[Span]) -> dict[str, list[Span]]:
    def within(spans: Iterable[Span]) -> list[Span]:
        return intersect(opening, merge(spans))

    return {
        "booked": within(row.booked for row in log.bookings),
        "occupied": within(row.occupied for row in log.bookings),
        "no_show": within(row.booked for row in log.bookings if row.is_no_show),
        "released": within(
            (max(row.released_at, row.booked[0]), row.booked[1])
            for row in log.bookings
            if row.released_at is not None
        ),
        "late_cancelled": within(log.late_cancelled),
    }


def _time_used(log: MachineLog, available: list[Span]) -> dict[str, list[Span]]:
    everything = merge(use.span for use in log.uses)
    used = intersect(available, everything)
    outside = subtract(everything, available)
    in_booking = intersect(available, _inside_own_booking(log.uses, log.bookings))
    times = {
        "used": used,
        "used_outside": outside,
        "used_in_booking": in_booking,
        "walk_in": subtract(used, in_booking),
    }
    left = used
    for source in SOURCES:
        of_source = merge(use.span for use in log.uses if use.source == source)
        times[f"used_{source}"] = intersect(left, of_source)
        left = subtract(left, of_source)
    told = [use for use in log.uses if use.source != SessionSource.ASSUMED]
    times["used_outside_assumed"] = subtract(outside, merge(use.span for use in told))
    times["used_in_booking_assumed"] = subtract(in_booking, _inside_own_booking(told, log.bookings))
    times["working"] = intersect(used, merge(log.runs))
    times["used_metered"] = intersect(used, merge(log.metered))
    return times


def _inside_own_booking(uses: Iterable[Use], bookings: Sequence[Booked]) -> list[Span]:
    rows = sorted(bookings, key=lambda row: row.booked)
    starts = [row.booked[0] for row in rows]
    longest = max((row.booked[1] - row.booked[0] for row in rows), default=0)
    inside: list[Span] = []
    for use in uses:
        for row in rows[bisect_left(starts, use.span[0] - longest) :]:
            if row.booked[0] >= use.span[1]:
                break
            # The link of a checked-in session stays when its person is forgotten or leaves.
            if use.member in row.holders or use.reservation == row.id:
                inside += intersect([use.span], [row.booked])
    return merge(inside)


def hour_rows(log: MachineLog, cells: Sequence[Cell]) -> HourRows:
    """A row of COLUMNS for each local date and hour of `cells`, which are in order.

    Days may be missing between the cells; what the log says of them is left aside.
    """
    rows: HourRows = {(cell.date, cell.hour): [0] * len(COLUMNS) for cell in cells}
    starts = [cell.start for cell in cells]
    times = time_of(log)
    for column, name in enumerate(MEASURES):
        for span in times[name]:
            _spread(span, column, cells, starts, rows)
    for row in log.bookings:
        start = row.booked[0]
        cell = cells[first_cell(starts, start)]
        if row.needs_check_in and cell.start <= start < cell.end:
            rows[cell.date, cell.hour][DUE] += 1
            rows[cell.date, cell.hour][NO_SHOW] += row.is_no_show
    return rows


def _spread(
    span: Span, column: int, cells: Sequence[Cell], starts: Sequence[int], rows: HourRows
) -> None:
    start, end = span
    for index in range(first_cell(starts, start), len(cells)):
        cell_start, cell_end, day, hour = cells[index]
        if cell_start >= end:
            break
        shared = min(end, cell_end) - max(start, cell_start)
        if shared > 0:
            rows[day, hour][column] += shared
