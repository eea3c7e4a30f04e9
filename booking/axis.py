"""A local day as real quarter-hours: the lines on which every calendar view is drawn.

The 25-hour day of autumn has 100 quarters and shows 02:00 twice, the 23-hour day of spring has
92 and skips it. Lines are numbered from 0 at the start of the axis.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from spaces.intervals import DAY, Interval, moment_of

QUARTER = 15 * 60
HOURS = 24
SECOND_PASS = "/2"  # noqa: S105 - a mark, not a secret
"""What follows the second pass of a time that the clock shows twice, in forms and links."""
_HOUR = 60


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """The quarter-hours from `first` to `last` (seconds since 1970), `length` of them.

    `labels` (what the clock shows), `names` (how forms and links write it) and `moments` (ISO
    8601 with the offset of the zone) have one entry per line, one more than there are quarters.
    """

    day: date
    zone: ZoneInfo
    first: int
    last: int
    length: int
    labels: tuple[str, ...]
    names: tuple[str, ...]
    moments: tuple[str, ...]

    @property
    def interval(self) -> Interval:
        """The time from the first line to the last."""
        return Interval(_moment(self.first), _moment(self.last))

    @property
    def changes_clock(self) -> bool:
        """Whether the clock jumps between the first line and the last."""
        return self.moments[0][-6:] != self.moments[-1][-6:]

    def line(self, second: int) -> int:
        """The last line at or before `second`, kept on the axis."""
        return max(0, min(self.length, (second - self.first) // QUARTER))

    def inside(self, start: int, end: int) -> tuple[int, int]:
        """The lines around the quarters that lie wholly between two moments; may be none."""
        from_line = -((self.first - start) // QUARTER)
        until_line = (end - self.first) // QUARTER
        return max(from_line, 0), min(until_line, self.length)

    def around(self, start: int, end: int) -> tuple[int, int]:
        """The lines around every quarter that shares time with a span; may be none."""
        from_line = (start - self.first) // QUARTER
        until_line = -((self.first - end) // QUARTER)
        return max(from_line, 0), min(until_line, self.length)

    def label(self, second: int) -> str:
        """What the clock shows at `second`, which need not lie on a line or on the axis."""
        line, rest = divmod(second - self.first, QUARTER)
        if not rest and 0 <= line <= self.length:
            return self.labels[line]
        return f"{_moment(second).astimezone(self.zone):%H:%M}"

    def moment(self, second: int) -> str:
        """`second` as ISO 8601 with the offset of the zone, wherever it lies."""
        line, rest = divmod(second - self.first, QUARTER)
        if not rest and 0 <= line <= self.length:
            return self.moments[line]
        return _moment(second).astimezone(self.zone).isoformat()

    def hours(self) -> list[tuple[int, str]]:
        """The lines of full hours with what the clock shows; the last line is left out."""
        return [
            (line, label)
            for line, label in enumerate(self.labels[:-1])
            if label.endswith(":00") or line == 0
        ]


@dataclass(frozen=True, slots=True)
class Steps:
    """The lines on a grid: `up[i]` is the first at or after line i, `down[i]` the last before it.

    None where there is no such line.
    """

    up: tuple[int | None, ...]
    down: tuple[int | None, ...]


@lru_cache(maxsize=512)
def axis_of(day: date, zone: ZoneInfo, from_hour: int = 0, until_hour: int = HOURS) -> Axis:
    """The quarter-hours of `day` between two full hours of its wall clock."""
    first = int(_at_hour(day, from_hour, zone).timestamp())
    length = (int(_at_hour(day, until_hour, zone).timestamp()) - first) // QUARTER
    walls = [_moment(first + line * QUARTER).astimezone(zone) for line in range(length + 1)]
    labels = ["24:00" if wall.date() > day else f"{wall:%H:%M}" for wall in walls]
    return Axis(
        day=day,
        zone=zone,
        first=first,
        last=first + length * QUARTER,
        length=length,
        labels=tuple(labels),
        names=tuple(
            label + (SECOND_PASS if wall.fold else "")
            for label, wall in zip(labels, walls, strict=True)
        ),
        moments=tuple(wall.isoformat() for wall in walls),
    )


@lru_cache(maxsize=512)
def steps_of(axis: Axis, grid: int) -> Steps:
    """The lines of `axis` on a grid of `grid` minutes, counted from local midnight (RULES, C5)."""
    lines = [line for line, label in enumerate(axis.labels) if minutes_of(label) % grid == 0]
    every = range(axis.length + 1)
    return Steps(
        up=tuple(next((line for line in lines if line >= start), None) for start in every),
        down=tuple(next((line for line in reversed(lines) if line <= end), None) for end in every),
    )


def minutes_of(label: str) -> int:
    """Minutes since midnight of a label such as “09:45”."""
    hours, minutes = label.split(":")
    return int(hours) * _HOUR + int(minutes)


def _at_hour(day: date, hour: int, zone: ZoneInfo) -> datetime:
    if hour == HOURS:
        return moment_of(datetime.combine(day + DAY, time.min), zone)
    return moment_of(datetime.combine(day, time(hour)), zone)


def _moment(second: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
