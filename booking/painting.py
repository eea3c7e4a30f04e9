"""Painting spans of time on quarter-hours: the geometry of a lane, without any meaning.

Each quarter carries one paint; a later stroke covers an earlier one.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Generic, TypeVar

from booking.axis import Axis

Paint = TypeVar("Paint")
Span = tuple[int, int]
"""A start and an end, in seconds since 1970 or as lines of an axis."""


class Canvas(Generic[Paint]):
    """The quarter-hours of some days in their order, all of one `background` at first."""

    def __init__(self, axes: Sequence[Axis], background: Paint) -> None:
        self._axes = axes
        self._firsts = [axis.first for axis in axes]
        self._cells = [[background] * axis.length for axis in axes]

    def copy(self) -> "Canvas[Paint]":
        """The same picture, to be painted on further."""
        twin: Canvas[Paint] = object.__new__(Canvas)
        twin._axes, twin._firsts = self._axes, self._firsts
        twin._cells = [cells.copy() for cells in self._cells]
        return twin

    def fill(self, spans: Iterable[Span], paint: Paint) -> None:
        """Paint the quarters that lie wholly in one of `spans`."""
        for start, end in spans:
            for day in self._days(start, end):
                self._stroke(day, self._axes[day].inside(start, end), paint)

    def touch(self, spans: Iterable[Span], paint: Paint) -> None:
        """Paint every quarter that shares time with one of `spans`."""
        for start, end in spans:
            for day in self._days(start, end):
                self._stroke(day, self._axes[day].around(start, end), paint)

    def place(self, parts: Iterable[tuple[int, int, Paint]]) -> None:
        """Paint spans that do not overlap, so that none covers another, however short they are."""
        placed: list[list[tuple[int, int, Paint]]] = [[] for _ in self._axes]
        for start, end, paint in parts:
            for day in self._days(start, end):
                from_line, until_line = self._axes[day].around(start, end)
                if from_line < until_line:
                    placed[day].append((from_line, until_line, paint))
        for day, those in enumerate(placed):
            lines = apart([part[:2] for part in those], self._axes[day].length)
            for span, part in zip(lines, those, strict=True):
                self._stroke(day, span, part[2])

    def runs(self, day: int) -> Iterator[tuple[int, int, Paint]]:
        """The stretches of one paint: start line, end line, paint."""
        start = 0
        for paint, cells in groupby(self._cells[day]):
            end = start + len(list(cells))
            yield start, end, paint
            start = end

    def _days(self, start: int, end: int) -> range:
        """The axes that may share time with a span."""
        return range(max(0, bisect_right(self._firsts, start) - 1), bisect_left(self._firsts, end))

    def _stroke(self, day: int, lines: Span, paint: Paint) -> None:
        start, end = lines
        if start < end:
            self._cells[day][start:end] = [paint] * (end - start)


def apart(spans: Sequence[Span], length: int) -> list[Span]:
    """Lines like `spans`, sorted by start, but disjoint, none empty, all within `length`.

    Short reservations that share a quarter are moved beside each other; of more spans than
    there are quarters, those that find no room come out empty.
    """
    forward: list[Span] = []
    cursor = 0
    for start, end in spans:
        begin = max(start, cursor)
        cursor = max(end, begin + 1)
        forward.append((begin, cursor))
    if cursor <= length:
        return forward
    backward: list[Span] = []
    limit = length
    for start, end in reversed(forward):
        until = min(end, limit)
        limit = max(0, min(start, until - 1))
        backward.append((limit, until))
    return backward[::-1]
