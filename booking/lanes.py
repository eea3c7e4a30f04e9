"""One machine's day as a row of items: what the week, the day board and the agenda draw.

A lane is painted on the quarter-hours of its axis, background first, reservations last; so its
items never overlap and leave nothing out.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from booking.axis import QUARTER, Axis, steps_of
from booking.captions import Caption, Captioner
from booking.facts import Terms
from booking.lane_parts import (
    BusyTime,
    CountedTime,
    Item,
    ItemKind,
    Lane,
    Links,
    TimeOfMachine,
    Viewer,
)
from booking.lane_words import LaneWords, Look
from booking.painting import Canvas, Span
from spaces.intervals import Interval, moment_of, wall_time

USUAL = timedelta(hours=1)
"""How much of a gap its link asks for, where the policy allows it."""

MIDNIGHT = "24:00"

_Paint = Look | Caption


class _Offer(NamedTuple):
    """What the policy lets the viewer book; moments in seconds since 1970, spans in quarters."""

    earliest: int
    latest_start: float
    shortest: int
    usual: int
    grid: int
    links: Links


class LaneMaker:
    """Makes the lanes of any number of machines over the same days for one viewer."""

    def __init__(self, axes: Sequence[Axis], *, now: datetime, viewer: Viewer) -> None:
        self._axes = axes
        self._now = now
        # The quarter that has begun counts as past: nobody can book its start any more.
        self._begun = -(-int(now.timestamp()) // QUARTER) * QUARTER
        self._viewer = viewer
        self._words = LaneWords()
        self._captions = Captioner(viewer, self._words, now=now)
        self._backdrops: dict[tuple[int, ...], tuple[TimeOfMachine, Canvas[_Paint]]] = {}

    def lanes_of(
        self,
        time: TimeOfMachine,
        *,
        terms: Terms,
        links: Links,
        offers: bool = True,
        levels: Iterable[CountedTime] = (),
    ) -> list[Lane]:
        """The time of one machine as one lane per axis; gaps can be pressed where it `offers`.

        For a pool, `levels` tell how many of its units are free when.
        """
        canvas = self._backdrop(time, staff_needed=terms.staff_needed).copy()
        canvas.fill(
            (
                (max(start, self._begun), end)
                for start, end in _spans(time.free)
                if end > self._begun
            ),
            self._words.free,
        )
        for level in levels:
            canvas.fill(_spans([level.interval]), self._counted(level))
        canvas.touch(_spans(time.down), self._words.down)
        for stop in time.stops:
            if stop.needs:
                canvas.touch(_spans([stop.interval]), self._words.down_without(stop.needs))
        held = sorted([*time.missed, *time.busy], key=_start) if time.missed else time.busy
        canvas.place(self._captions.of(held, links))
        offer = self._offer(terms, links) if offers else None
        return [
            Lane(axis, tuple(_items(axis, canvas.runs(position), offer)))
            for position, axis in enumerate(self._axes)
        ]

    def _counted(self, level: CountedTime) -> Look:
        """How much of a pool is left."""
        if not level.capacity:
            return self._words.down
        if not level.free_units:
            return self._words.full
        words = self._words.of_units % {"free": level.free_units, "count": level.capacity}
        return Look(ItemKind.FREE, words)

    def _backdrop(self, time: TimeOfMachine, *, staff_needed: bool) -> Canvas[_Paint]:
        """Hours and closures; machines that share the hours of their space share the picture."""
        # By identity, for hours are long; the time is kept so that no id is given out twice.
        key = (id(time.open), id(time.staffed), id(time.closures), staff_needed)
        if key not in self._backdrops:
            painted = self._painted_hours(time, staff_needed=staff_needed)
            self._backdrops[key] = time, painted
        return self._backdrops[key][1]

    def _painted_hours(self, time: TimeOfMachine, *, staff_needed: bool) -> Canvas[_Paint]:
        words = self._words
        canvas: Canvas[_Paint] = Canvas(self._axes, words.closed)
        for closure in time.closures:
            look = Look(ItemKind.CLOSED, closure.reason) if closure.reason else words.closed
            canvas.touch(_spans([closure.interval]), look)
        bookable = time.open
        if staff_needed:
            canvas.fill(_spans(time.open), words.no_staff)
            bookable = time.staffed
        canvas.fill(_spans(bookable), words.buffer)
        canvas.fill(((start, min(end, self._begun)) for start, end in _spans(bookable)), words.past)
        return canvas

    def _offer(self, terms: Terms, links: Links) -> _Offer:
        """The policy in numbers; staff may book in spite of lead time and horizon."""
        now, zone = self._now, self._axes[0].zone
        latest = moment_of(wall_time(now, zone) + timedelta(days=terms.horizon_days), zone)
        earliest = now if self._viewer.is_staff else now + terms.lead_time
        return _Offer(
            earliest=int(earliest.timestamp()),
            latest_start=float("inf") if self._viewer.is_staff else latest.timestamp(),
            shortest=_quarters(terms.shortest),
            usual=_quarters(min(terms.longest, max(terms.shortest, USUAL))),
            grid=max(1, int(terms.grid.total_seconds()) // 60),
            links=links,
        )


def _start(busy: BusyTime) -> datetime:
    return busy.interval.start


def _spans(intervals: Iterable[Interval]) -> list[Span]:
    return [
        (int(interval.start.timestamp()), int(interval.end.timestamp())) for interval in intervals
    ]


def _quarters(duration: timedelta) -> int:
    return max(1, -(-int(duration.total_seconds()) // QUARTER))


def _items(
    axis: Axis, painted: Iterable[tuple[int, int, _Paint]], offer: _Offer | None
) -> Iterator[Item]:
    runs = list(painted)
    for at, (start, end, paint) in enumerate(runs):
        if isinstance(paint, Caption):
            times = f"{axis.label(paint[2])}–{axis.label(paint[3])}"
            item = Item(start, end, paint[0], times, *paint[1:])
            yield item if not item.is_movable or _is_whole(item, axis) else _fixed(item)
        elif offer and paint.kind == ItemKind.FREE:
            yield from _gap(axis, start, end, paint, offer, free_until=_free_until(runs, at))
        else:
            yield _stretch(axis, start, end, paint)


def _free_until(runs: Sequence[tuple[int, int, _Paint]], at: int) -> int:
    """The line up to which it is free from a run on: further units may become free or busy."""
    end = runs[at][1]
    for start, until, paint in runs[at + 1 :]:
        if start != end or paint.kind != ItemKind.FREE:
            break
        end = until
    return end


def _is_whole(item: Item, axis: Axis) -> bool:
    """Whether the lines tell the exact span, so that it can be dragged as it is drawn."""
    return (
        axis.first + item.start * QUARTER == item.starts_at
        and axis.first + item.end * QUARTER == item.ends_at
    )


def _fixed(item: Item) -> Item:
    return item._replace(is_movable=False)


def _stretch(axis: Axis, start: int, end: int, look: Look, href: str = "") -> Item:
    return Item(
        start,
        end,
        look.kind,
        times=f"{axis.labels[start]}–{axis.labels[end]}",
        name=look.word,
        href=href,
        starts_at=axis.first + start * QUARTER,
        ends_at=axis.first + end * QUARTER,
    )


def _gap(
    axis: Axis, start: int, end: int, look: Look, offer: _Offer, *, free_until: int
) -> Iterator[Item]:
    """The part of a free gap that can be booked as a link, and what is left beside it.

    What is booked may reach beyond the gap where it goes on being free.
    """
    steps = steps_of(axis, offer.grid)
    earliest = -((axis.first - offer.earliest) // QUARTER)
    first = steps.up[max(start, earliest)] if earliest < end else None
    last = steps.down[free_until]
    if (
        first is None
        or first >= end
        or last is None
        or last - first < offer.shortest
        or axis.first + first * QUARTER > offer.latest_start
    ):
        yield _stretch(axis, start, end, look)
        return
    if start < first:
        yield _stretch(axis, start, first, look)
    until = min(last, end)
    yield _stretch(axis, first, until, look, _book_href(axis, first, last, offer))
    if until < end:
        yield _stretch(axis, until, end, look)


def _book_href(axis: Axis, first: int, last: int, offer: _Offer) -> str:
    """The address that fills the booking form with the usual span at the start of the gap."""
    until = steps_of(axis, offer.grid).up[min(last, first + offer.usual)]
    end = axis.names[last if until is None else min(until, last)]
    if end == MIDNIGHT:
        # The form takes an end that comes before the start as one of the next day.
        end = "00:00"
    links = offer.links
    return f"{links.book}date={axis.day}&start={axis.names[first]}&end={end}{links.anchor}"
