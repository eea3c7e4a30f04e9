"""Sets of time of many lanes at once, as arrays. Pure.

A lane is a machine, a group of machines, or what a machine did for one company. All spans of all
lanes are laid on one line, cut wherever any of them begins or ends, and each piece is asked once
what covers it: a year of a space is hundreds of thousands of pieces, and no piece is looked at by
Python. Moments are whole seconds since 1970.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reports.spans import Span

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


def ints(values: Sequence[int]) -> Ints:
    """An array of whole numbers."""
    return np.array(values, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Spans:
    """Half-open spans of lanes; they may overlap, and be in any order."""

    lane: Ints
    start: Ints
    end: Ints

    @classmethod
    def of(cls, rows: Sequence[tuple[int, int, int]] = ()) -> "Spans":
        """From rows of lane, start and end."""
        table = ints([each for row in rows for each in row]).reshape(-1, 3)
        return cls(table[:, 0], table[:, 1], table[:, 2])

    def only(self, chosen: Mask | Ints) -> "Spans":
        """Those that are chosen, by a mask or by their places."""
        return Spans(self.lane[chosen], self.start[chosen], self.end[chosen])

    def copied(self, lanes: Ints) -> "Spans":
        """New lanes 0, 1, …, each with the spans of the old lane that `lanes` names for it."""
        order = np.argsort(self.lane, kind="stable")
        first = np.searchsorted(self.lane[order], lanes, "left")
        counts = np.searchsorted(self.lane[order], lanes, "right") - first
        places = order[spread(first, counts)]
        return Spans(np.repeat(np.arange(len(lanes)), counts), self.start[places], self.end[places])

    def moved(self, lanes: Ints) -> "Spans":
        """On other lanes: `lanes` names one for each, or -1 for none."""
        lane = lanes[self.lane]
        return Spans(lane, self.start, self.end).only(lane >= 0)

    def __add__(self, other: "Spans") -> "Spans":
        return Spans(
            np.concatenate([self.lane, other.lane]),
            np.concatenate([self.start, other.start]),
            np.concatenate([self.end, other.end]),
        )


def spread(first: Ints, counts: Ints) -> Ints:
    """For each of `first` the numbers from it on, as many as its count, one after another."""
    ends = np.cumsum(counts)
    return np.arange(counts.sum()) + np.repeat(first - ends + counts, counts)


class Sweep:
    """The pieces into which several collections of spans cut a window, and what covers each."""

    def __init__(self, window: Span, **collections: Spans) -> None:
        self._start, until = window
        # One second more than the window, so that the end of a lane is not the start of the next.
        self._stride = until - self._start + 1
        self._places: dict[str, tuple[Ints, Ints]] = {}
        keys = []
        for spans in collections.values():
            start, end = (np.clip(each, *window) for each in (spans.start, spans.end))
            offset = spans.lane * self._stride - self._start
            keys += [offset + start, offset + np.maximum(start, end)]
        points, places = np.unique(np.concatenate(keys), return_inverse=True)
        self._count = max(len(points) - 1, 0)
        bounds = np.cumsum([len(each) for each in keys])[:-1]
        parts = np.split(places, bounds)
        for number, name in enumerate(collections):
            self._places[name] = parts[2 * number], parts[2 * number + 1]
        self.lane = points[:-1] // self._stride
        self.start = points[:-1] % self._stride + self._start
        self.end = self.start + np.diff(points)

    def covered(self, name: str, chosen: Mask | None = None) -> Mask:
        """Which pieces lie in a span of the collection, or in one of those chosen from it."""
        starts, ends = self._places[name]
        if chosen is not None:
            starts, ends = starts[chosen], ends[chosen]
        size = self._count + 1
        depth = np.bincount(starts, minlength=size) - np.bincount(ends, minlength=size)
        covered: Mask = np.cumsum(depth)[: self._count] > 0
        return covered

    def pieces_of(self, name: str) -> tuple[Ints, Ints]:
        """Each span of the collection with each piece that lies in it, by their places."""
        starts, ends = self._places[name]
        counts = ends - starts
        return np.repeat(np.arange(len(counts)), counts), spread(starts, counts)

    def spans(self, mask: Mask) -> Spans:
        """The time of a mask: neighbours become one."""
        edges = np.diff(np.concatenate([[0], mask.astype(np.int8), [0]]))
        first, last = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1
        return Spans(self.lane[first], self.start[first], self.end[last])


@dataclass(frozen=True, slots=True)
class Table:
    """Sums of seconds: a row per lane and cell in which anything is, in order."""

    lane: Ints
    cell: Ints
    seconds: Ints


class Ruler:
    """Cells in order, some perhaps missing between them, to which seconds are given."""

    def __init__(self, starts: Ints, ends: Ints) -> None:
        self.starts = starts
        self.ends = ends

    def cut(self, spans: Spans) -> tuple[Ints, Ints, Spans]:
        """The spans cut at the cells: for each part its span's place, its cell, and itself."""
        if not len(self.starts) or not len(spans.lane):
            return ints([]), ints([]), Spans.of()
        first = np.maximum(np.searchsorted(self.starts, spans.start, "right") - 1, 0)
        last = np.searchsorted(self.starts, spans.end, "left")
        counts = np.maximum(last - first, 0)
        place = np.repeat(np.arange(len(counts)), counts)
        cell = spread(first, counts)
        start = np.maximum(spans.start[place], self.starts[cell])
        end = np.minimum(spans.end[place], self.ends[cell])
        kept = end > start
        place, cell = place[kept], cell[kept]
        return place, cell, Spans(spans.lane[place], start[kept], end[kept])

    def cell_of(self, moments: Ints) -> Ints:
        """The cell in which each moment lies, or -1."""
        if not len(self.starts):
            return np.full(len(moments), -1)
        cell = np.maximum(np.searchsorted(self.starts, moments, "right") - 1, 0)
        inside = (self.starts[cell] <= moments) & (moments < self.ends[cell])
        return np.where(inside, cell, -1)


class Inside:
    """Disjoint spans in order, asked how much of others lies in them: a look-up for each end."""

    def __init__(self, spans: Spans, window: Span) -> None:
        self._window = window
        self._stride = window[1] - window[0] + 1
        self._starts, ends = (self._at(spans.lane, each) for each in (spans.start, spans.end))
        self._ends = np.concatenate([ints([0]), ends])
        self._sums = np.concatenate([ints([0]), np.cumsum(ends - self._starts)])

    def seconds(self, others: Spans, window: Span) -> Ints:
        """How long each of `others` lies in `window` and in these spans."""
        start, end = (np.clip(each, *window) for each in (others.start, others.end))
        return self._before(others.lane, end) - self._before(others.lane, start)

    def _at(self, lane: Ints, moment: Ints) -> Ints:
        return lane * self._stride + np.clip(moment, *self._window) - self._window[0]

    def _before(self, lane: Ints, moment: Ints) -> Ints:
        at = self._at(lane, moment)
        place = np.searchsorted(self._starts, at, "right")
        return self._sums[place] - np.maximum(self._ends[place] - at, 0)


def summed(keys: Ints, seconds: Ints, masks: Sequence[Mask], size: int) -> NDArray[np.int32]:
    """The seconds of each key below `size` under each mask: a row per key."""
    table = np.empty((size, len(masks)), dtype=np.int32)
    for column, mask in enumerate(masks):
        table[:, column] = np.bincount(keys[mask], weights=seconds[mask], minlength=size)
    return table


def as_ints(values: Any) -> Ints:
    """The same numbers, eight bytes each and in the order of this machine."""
    return np.asarray(values).astype(np.int64)


def places_of(values: Sequence[int], found: Ints) -> Ints:
    """The place of each of `found` in `values`, where all of them are."""
    order = np.argsort(ints(values))
    return order[np.searchsorted(ints(values)[order], found)] if len(found) else found
