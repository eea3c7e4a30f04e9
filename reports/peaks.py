"""The hours of the week that stand out: when everything is busy, and when nothing is. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from reports.figures import HOUR, Share
from reports.report import WeekHour

FULL = Fraction(1, 2)
"""An hour of the week is full when everything is busy for at least this much of it."""

QUIET = Fraction(1, 10)
"""An hour of the week is quiet when at most this much of it is used."""

SEEN_TIMES = 3
"""An hour of the week says nothing before it has come round this often."""


@dataclass(frozen=True, slots=True)
class Peak:
    """Hours of one weekday in a row, `[start, end)`, and what was counted in them."""

    weekday: int
    start: int
    end: int
    share: Share


def fullest(saturation: Mapping[WeekHour, Share], *, units: int = 1) -> Peak | None:
    """The full hours in a row that hold most time in which everything was busy.

    `units` is how many machines an hour of the denominators counts.
    """
    told = _telling(saturation, units)
    full = {hour: share for hour, share in told.items() if _beside(share, FULL) >= 0}
    return max(_peaks(full), key=lambda each: each.share.numerator, default=None)


def quietest(use: Mapping[WeekHour, Share], *, units: int = 1) -> Peak | None:
    """The quiet hours in a row that hold most time in which nothing was used."""
    told = _telling(use, units)
    quiet = {hour: share for hour, share in told.items() if _beside(share, QUIET) <= 0}
    return max(
        _peaks(quiet),
        key=lambda each: each.share.denominator - each.share.numerator,
        default=None,
    )


def _telling(hours: Mapping[WeekHour, Share], units: int) -> dict[WeekHour, Share]:
    least = SEEN_TIMES * HOUR * units
    return {hour: share for hour, share in hours.items() if share.denominator >= least}


def _beside(share: Share, part: Fraction) -> int:
    """Below, at or above zero as the share is less than the part, the same, or more."""
    return share.numerator * part.denominator - share.denominator * part.numerator


def _peaks(hours: Mapping[WeekHour, Share]) -> Iterator[Peak]:
    """Hours that follow each other on one weekday, added up."""
    for weekday, start in sorted(hours):
        if (weekday, start - 1) in hours:
            continue
        end = start
        numerator = denominator = 0
        while (weekday, end) in hours:
            numerator += hours[weekday, end].numerator
            denominator += hours[weekday, end].denominator
            end += 1
        yield Peak(weekday, start, end, Share(numerator, denominator))
