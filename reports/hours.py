"""From the log of machines to the seconds of each local hour, as METRICS defines them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from booking.states import SessionSource
from reports.log import Log, Parts
from reports.spans import Cell, Span
from reports.sweep import Ints, Mask, Ruler, Spans, Sweep, ints, summed

SOURCES = (
    SessionSource.METER,
    SessionSource.KIOSK,
    SessionSource.API,
    SessionSource.STAFF,
    SessionSource.IMPORT,
    SessionSource.ASSUMED,
)
"""Who is believed first where two sources tell of the same second, so that each counts once."""

ASSUMED = SOURCES.index(SessionSource.ASSUMED)


class UsedBy(TextChoices):
    """For whom machines were booked and used; of every second there is one answer."""

    COMPANY = "company", _("companies")
    MAKER = "maker", _("makers")
    STAFF = "staff", _("staff")
    NOBODY = "nobody", _("nobody named")


AUDIENCES = tuple(UsedBy)
"""Who comes first where two used a machine in the same second."""

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
    "used_in_no_show",
    "working",
    "used_metered",
    "working_assumed",
    "used_metered_assumed",
)
"""What the rollup holds in seconds: the names of its columns, in the order of a row."""

COUNTS = ("due_count", "no_show_count", "failure_count")
"""What the rollup counts, at the hour in which a reservation or a stoppage starts."""

COLUMNS = (*MEASURES, *COUNTS)

BY_AUDIENCE = (
    *(f"booked_by_{each}" for each in AUDIENCES),
    *(f"used_by_{each}" for each in AUDIENCES),
    *(f"used_by_{each}_assumed" for each in AUDIENCES),
)
"""What the rollup holds by date and by month only."""

OF_MACHINE = ("calendar", "opening", "maintenance", "down")
"""What a machine has, whoever uses it."""

Masks = dict[str, Mask]


@dataclass(frozen=True, slots=True)
class HourTable:
    """Rows of COLUMNS by lane, date and hour; the dates are places in the list asked for."""

    lane: Ints
    day: Ints
    hour: Ints
    sums: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Figures:
    """What the rollup keeps of a log.

    `by_audience[lane, day]` are rows of BY_AUDIENCE. `opened`, `busy` and `free` are the sets of
    which the saturation of a group of machines is made: the opening hours, and the available time
    in which a machine was used or kept for somebody, and in which it was not.
    """

    hours: HourTable
    by_audience: NDArray[np.int32]
    opened: Spans
    busy: Spans
    free: Spans


class _Swept:
    """A log cut into pieces, and each measure as a mask over them."""

    def __init__(self, log: Log, window: Span, parts: Parts) -> None:
        self.log, self.parts = log, parts
        self.sweep = Sweep(
            window,
            life=log.life,
            opening=log.opening,
            maintenance=log.maintenance,
            faults=log.faults,
            late=log.late_cancelled.spans,
            booked=log.bookings.booked,
            occupied=log.bookings.occupied,
            held=log.bookings.held,
            released=log.bookings.released,
            uses=log.uses.spans,
            own=parts.spans,
            runs=log.runs,
            metered=log.metered,
        )
        covered = self.sweep.covered
        life = covered("life")
        opening = life & covered("opening")
        maintenance = opening & covered("maintenance")
        down = opening & covered("faults") & ~maintenance
        self.available = opening & ~maintenance & ~down
        self.masks: Masks = {
            "calendar": life,
            "opening": opening,
            "maintenance": maintenance,
            "down": down,
        }
        self.masks |= self._booked(opening)
        self.masks |= self._used()

    def _booked(self, opening: Mask) -> Masks:
        covered, rows = self.sweep.covered, self.log.bookings
        return {
            "booked": opening & covered("booked"),
            "occupied": opening & covered("occupied"),
            "no_show": opening & covered("booked", rows.is_no_show > 0),
            "released": opening & covered("released"),
            "late_cancelled": opening & covered("late"),
        }

    def _used(self) -> Masks:
        covered, uses = self.sweep.covered, self.log.uses
        available = self.available
        everything, own = covered("uses"), covered("own")
        used = available & everything
        outside = everything & ~available
        in_booking = available & own
        masks = {
            "used": used,
            "used_outside": outside,
            "used_in_booking": in_booking,
            "walk_in": used & ~in_booking,
        }
        left = used
        for place, source in enumerate(SOURCES):
            of_source = covered("uses", uses.source == place)
            masks[f"used_{source}"] = left & of_source
            left = left & ~of_source
        is_told = uses.source != ASSUMED
        told, own_told = covered("uses", is_told), covered("own", is_told[self.parts.use])
        masks["used_outside_assumed"] = outside & ~told
        masks["used_in_booking_assumed"] = in_booking & ~own_told
        masks["used_in_no_show"] = in_booking & self.masks["no_show"]
        for name, rows in (("working", "runs"), ("used_metered", "metered")):
            masks[name] = used & covered(rows)
            masks[f"{name}_assumed"] = masks[name] & ~told
        return masks

    def by_audience(self) -> Masks:
        """Who booked and used; what is told comes before what is only assumed."""
        covered, log = self.sweep.covered, self.log
        masks: Masks = {}
        left = self.masks["booked"]
        for place, each in enumerate(AUDIENCES):
            theirs = covered("booked", log.bookings.booked_by == place)
            masks[f"booked_by_{each}"] = left & theirs
            left = left & ~theirs
        left = self.masks["used"]
        is_assumed = log.uses.source == ASSUMED
        for suffix, chosen in (("", ~is_assumed), ("_assumed", is_assumed)):
            for place, each in enumerate(AUDIENCES):
                theirs = self._used_by(place, chosen)
                masks[f"used_by_{each}{suffix}"] = left & theirs
                left = left & ~theirs
        for each in AUDIENCES:
            masks[f"used_by_{each}"] = masks[f"used_by_{each}"] | masks[f"used_by_{each}_assumed"]
        return masks

    def _used_by(self, place: int, chosen: Mask) -> Mask:
        uses, parts = self.log.uses, self.parts
        if AUDIENCES[place] != UsedBy.COMPANY:
            return self.sweep.covered("uses", chosen & (uses.used_by == place))
        whole = self.sweep.covered("uses", chosen & (uses.company > 0))
        loose = self.log.for_companies(parts) & chosen[parts.use]
        return whole | self.sweep.covered("own", loose)


class Calendar:
    """The cells of some dates, in order, and where each falls."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self.dates: list[date] = sorted({cell.date for cell in cells})
        place = {day: number for number, day in enumerate(self.dates)}
        self.ruler = Ruler(ints([each.start for each in cells]), ints([each.end for each in cells]))
        self.window: Span = (cells[0].start, cells[-1].end) if cells else (0, 0)
        self.day = ints([place[cell.date] for cell in cells])
        self.slot = 24 * self.day + ints([cell.hour for cell in cells])
        """The hours of all dates one after the other; an hour that returns is one slot."""
        self.slots = np.unique(self.slot)
        places = np.arange(len(self.dates))
        first = np.searchsorted(self.day, places, "left")
        last = np.searchsorted(self.day, places, "right") - 1
        self.days = Ruler(self.ruler.starts[first], self.ruler.ends[last])


def figures_of(log: Log, calendar: Calendar) -> Figures:
    """The figures of every machine of the log in the cells of the calendar."""
    parts = log.in_own_booking()
    swept = _Swept(log, calendar.window, parts)
    sweep = swept.sweep
    pieces = Spans(sweep.lane, sweep.start, sweep.end)
    place, cell, cut = calendar.ruler.cut(pieces)
    seconds = cut.end - cut.start
    lanes, days = len(log.machines), len(calendar.dates)
    size = lanes * 24 * days
    keys = cut.lane * 24 * days + calendar.slot[cell]
    masks = [swept.masks[name][place] for name in MEASURES]
    sums = np.concatenate(
        [summed(keys, seconds, masks, size), _counts(log, calendar, size)], axis=1
    )
    wanted = (np.arange(lanes)[:, None] * 24 * days + calendar.slots[None, :]).reshape(-1)
    by_audience = swept.by_audience()
    busy = swept.available & (swept.masks["used"] | sweep.covered("held"))
    return Figures(
        hours=_table(wanted, sums[wanted], days),
        by_audience=summed(
            cut.lane * days + calendar.day[cell],
            seconds,
            [by_audience[name][place] for name in BY_AUDIENCE],
            lanes * days,
        ).reshape(lanes, days, -1),
        opened=sweep.spans(swept.masks["opening"]),
        busy=sweep.spans(busy),
        free=sweep.spans(swept.available & ~busy),
    )


def bounds_of(log: Log, window: Span) -> tuple[Spans, Spans]:
    """When each machine was open, and when it was available: disjoint, in order."""
    swept = _Swept(log, window, log.in_own_booking())
    return swept.sweep.spans(swept.masks["opening"]), swept.sweep.spans(swept.available)


def figures_by_company(log: Log, calendar: Calendar) -> tuple[HourTable, Ints, Ints]:
    """The hours in which something was booked or used for a company, with machine and company.

    The two are given by lane: the place of the machine in the log, and the id of the company.
    """
    theirs, machine, company = log.by_company(log.in_own_booking())
    days = len(calendar.dates)
    swept = _Swept(theirs, calendar.window, theirs.in_own_booking())
    told = np.logical_or.reduce(
        [mask for name, mask in swept.masks.items() if name not in OF_MACHINE]
    )
    sweep = swept.sweep
    pieces = Spans(sweep.lane[told], sweep.start[told], sweep.end[told])
    place, cell, cut = calendar.ruler.cut(pieces)
    due, at = _due(theirs, calendar)
    span = 24 * days
    starts = theirs.bookings.lane[due] * span + calendar.slot[at]
    keys = np.concatenate([cut.lane * span + calendar.slot[cell], starts])
    wanted, row = np.unique(keys, return_inverse=True)
    nothing = np.zeros(len(place), dtype=np.bool_)
    masks = [nothing if name in OF_MACHINE else swept.masks[name][told][place] for name in MEASURES]
    counts = np.zeros((len(wanted), len(COUNTS)), dtype=np.int32)
    np.add.at(counts[:, 0], row[len(place) :], 1)
    np.add.at(counts[:, 1], row[len(place) :], theirs.bookings.is_no_show[due])
    sums = summed(row[: len(place)], cut.end - cut.start, masks, len(wanted))
    return _table(wanted, np.concatenate([sums, counts], axis=1), days), machine, company


def _table(keys: Ints, sums: NDArray[np.int32], days: int) -> HourTable:
    lane, slot = np.divmod(keys, 24 * max(days, 1))
    day, hour = np.divmod(slot, 24)
    return HourTable(lane, day, hour, sums)


def _due(log: Log, calendar: Calendar) -> tuple[Ints, Ints]:
    """The bookings that begin in a cell and need a check-in, and their cells."""
    cell = calendar.ruler.cell_of(log.bookings.start)
    due = np.flatnonzero((cell >= 0) & (log.bookings.needs_check_in > 0))
    return due, cell[due]


def _counts(log: Log, calendar: Calendar, size: int) -> NDArray[np.int32]:
    counts = np.zeros((size, len(COUNTS)), dtype=np.int32)
    days = len(calendar.dates)
    due, cell = _due(log, calendar)
    keys = log.bookings.lane[due] * 24 * days + calendar.slot[cell]
    np.add.at(counts[:, 0], keys, 1)
    np.add.at(counts[:, 1], keys, log.bookings.is_no_show[due])
    cell = calendar.ruler.cell_of(log.faults.start)
    began = np.flatnonzero(cell >= 0)
    keys = log.faults.lane[began] * 24 * days + calendar.slot[cell[began]]
    np.add.at(counts[:, 2], keys, 1)
    return counts
