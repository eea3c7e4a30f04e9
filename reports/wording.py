"""Hours, rates and names as the reports say them, in the active language."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from booking.states import RefusalCode
from booking.wording import duration_in_words
from reports.blocks import FEWEST_PEOPLE
from reports.figures import HOUR, Mean, Share
from reports.filters import Filters, Period, Stage, last_kept

WHOLE_FROM = 1000 * HOUR
TENTH = HOUR // 10
MONTHS = 12
DAY_HOURS = 24


def number_in_words(number: int | Decimal, decimals: int = 0, *, is_grouped: bool = False) -> str:
    """A number in the active language; a page writes a thousand, and many of them are alike."""
    return _written(get_language(), number, decimals, is_grouped=is_grouped)


@lru_cache(maxsize=16384)
def _written(
    language: str | None, number: int | Decimal, decimals: int, *, is_grouped: bool
) -> str:
    del language  # the active one: part of what is remembered
    return number_format(number, decimals, force_grouping=is_grouped)


def hours_in_words(seconds: int) -> str:
    """Seconds as hours with one decimal, half up, such as “56.5”; from a thousand on whole ones."""
    return _hours_in_words(get_language(), seconds)


def row_in_words(seconds: Iterable[int]) -> Iterator[str]:
    """The same of a row of a table: which language is active is asked for once."""
    language = get_language()
    return (_hours_in_words(language, each) for each in seconds)


def _hours_in_words(language: str | None, seconds: int) -> str:
    if seconds >= WHOLE_FROM:
        return whole_hours(seconds)
    return _tenths_in_words(language, (seconds + TENTH // 2) // TENTH)


@lru_cache(maxsize=16384)
def _tenths_in_words(language: str | None, tenths: int) -> str:
    return _written(language, Decimal(tenths) / 10, 1, is_grouped=True)


def whole_hours(seconds: int) -> str:
    """Seconds as whole hours, such as “1,234”."""
    return number_in_words(round_hours(seconds), is_grouped=True)


def round_hours(seconds: int | Decimal) -> int:
    """The nearest whole hour, half up."""
    return int((Decimal(seconds) / HOUR).quantize(Decimal(1), ROUND_HALF_UP))


def percent_in_words(share: Share) -> str:
    """A rate in percent with one decimal, or “n/a”."""
    percent = share.percent
    if percent is None:
        return _("n/a")
    return _rate_in_words(get_language(), percent)


@lru_cache(maxsize=4096)
def _rate_in_words(language: str | None, percent: Decimal) -> str:
    return with_percent(_written(language, percent, 1, is_grouped=False))


def whole_percent_in_words(share: Share) -> str:
    """A rate in whole percent, for a sentence."""
    if share.whole_percent is None:
        return _("n/a")
    return with_percent(number_in_words(share.whole_percent))


def with_percent(number: str) -> str:
    """A number with the sign that never stands alone on the next line."""
    return pgettext("a rate", "%(number)s\u00a0%%") % {"number": number}


def mean_in_words(mean: Mean) -> str:
    """Hours for each failure, or “n/a” without any."""
    if not mean.count:
        return _("n/a")
    step = mean.count * TENTH
    return pgettext("a number of hours", "%(number)s\u00a0h") % {
        "number": _tenths_in_words(get_language(), (mean.seconds + step // 2) // step)
    }


def few_in_words(people: int) -> str:
    """How many people, where that does not tell of few; nobody is nobody."""
    if 0 < people < FEWEST_PEOPLE:
        return _("fewer than five")
    return number_format(people, 0, force_grouping=True)


def share_of_people_in_words(share: Share) -> str | None:
    """A share of people in percent; None if few of them are counted, or few are not."""
    counts = (share.numerator, share.denominator - share.numerator)
    if any(0 < count < FEWEST_PEOPLE for count in counts):
        return None
    return percent_in_words(share)


def stage_in_words(filters: Filters, *, now: datetime) -> str:
    """What to know of figures whose period is not over; nothing where it is."""
    zone = filters.scope.zone
    stage = filters.period.stage(zone, now=now)
    if stage == Stage.OVER:
        return ""
    if stage == Stage.TO_COME:
        said = _("This period is still to come: its figures tell what is reserved so far.")
    else:
        said = _(
            "This period is not over yet: its hours to come count as available, and as booked "
            "where they are reserved, so its rates still change."
        )
    last = last_kept(now.astimezone(zone).date())
    if filters.period.last <= last:
        return said
    nothing_yet = _("Of the days after %(date)s nothing is counted yet.") % {
        "date": date_format(last, "DATE_FORMAT")
    }
    return f"{said} {nothing_yet}"


def days_in_work_in_words(days: int) -> str:
    """How many dates were not exact when a paper was made."""
    return ngettext(
        "The figures of %(days)d day were being computed again.",
        "The figures of %(days)d days were being computed again.",
        days,
    ) % {"days": days}


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them: “A”, “A and B”, “A, B and C”."""
    if len(names) < 2:  # noqa: PLR2004
        return "".join(names)
    return _("%(names)s and %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}


PART_NAMES = {
    "used_in_booking": _lazy("used by who had booked"),
    "walk_in": _lazy("used without a reservation"),
    "idle": _lazy("idle"),
    "maintenance": _lazy("maintenance"),
    "down": _lazy("out of order"),
    "unused": _lazy("booked, not used"),
    "kept": _lazy("kept for who did not come"),
    "released": _lazy("given back after a no-show"),
}
"""The parts of which `reports/parts.py` tells."""

REASONS = {
    RefusalCode.TAKEN: _lazy("the time was taken"),
    RefusalCode.CLOSED: _lazy("the space was closed"),
    RefusalCode.MACHINE_OUT_OF_SERVICE: _lazy("the machine was out of service"),
    RefusalCode.NOT_CERTIFIED: _lazy("a certification was missing"),
    RefusalCode.CERTIFICATION_EXPIRED: _lazy("a certification had expired"),
    RefusalCode.MEMBERSHIP_INACTIVE: _lazy("the membership was not active"),
    RefusalCode.CONTRACT_NOT_IN_FORCE: _lazy("no contract was in force"),
    RefusalCode.CONTRACT_EXHAUSTED: _lazy("the contract was used up"),
    RefusalCode.QUOTA: _lazy("over quota"),
    RefusalCode.TOO_MANY_OPEN_RESERVATIONS: _lazy("too many open reservations"),
    RefusalCode.IN_THE_PAST: _lazy("in the past"),
    RefusalCode.LEAD_TIME: _lazy("too late before the start"),
    RefusalCode.HORIZON: _lazy("too far ahead"),
    RefusalCode.TOO_SHORT: _lazy("too short"),
    RefusalCode.TOO_LONG: _lazy("too long"),
    RefusalCode.OFF_GRID: _lazy("not on the grid of times"),
    RefusalCode.NOT_ALLOWED: _lazy("not allowed at that time"),
    RefusalCode.CANCELLATION_TOO_LATE: _lazy("cancelled too late"),
    RefusalCode.SERIES_CONFLICT: _lazy("a date of a series did not fit"),
}
"""Why a try was refused; each code has its words."""


def period_in_words(period: Period) -> str:
    """A period as short as may be: “2026”, “May 2026”, “1 May 2026”, “1 May to 9 June 2026”."""
    first, last = period.first, period.last
    if first == last:
        return date_format(first, "DATE_FORMAT")
    if period.is_whole_months and first.year == last.year and len(period.months) == MONTHS:
        return date_format(first, "Y")
    if period.is_whole_months and len(period.months) == 1:
        return date_format(first, "YEAR_MONTH_FORMAT")
    begins = "MONTH_DAY_FORMAT" if first.year == last.year else "DATE_FORMAT"
    return _("%(first)s to %(last)s") % {
        "first": date_format(first, begins),
        "last": date_format(last, "DATE_FORMAT"),
    }


def stretch_in_words(period: Period, *, by_date: bool) -> str:
    """A date of a table, such as “Tue 5 May”, or a month."""
    if by_date:
        return date_format(period.first, _("D j F"))
    return date_format(period.first, "YEAR_MONTH_FORMAT")


def lead_time_in_words(seconds: int) -> str:
    """How far ahead people reserve, in whole hours or, from two days on, in days."""
    hours = round_hours(seconds)
    if hours >= 2 * DAY_HOURS:
        hours -= hours % DAY_HOURS
    return duration_in_words(timedelta(hours=hours))
