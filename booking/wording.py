"""Times and durations as people say them, in the active language."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from booking.facts import HoursOfWeek
from booking.quotas import Account, Limit
from booking.states import HoursCounted, QuotaWindow
from spaces.intervals import DAY, Interval

COUNTED_IN_DAYS = 48
"""Hours from which a duration is told in days."""


def duration_in_words(duration: timedelta) -> str:
    """A duration such as “2 hours” or “1 hour 30 minutes”."""
    minutes = int(duration.total_seconds()) // 60
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24) if hours >= COUNTED_IN_DAYS else (0, hours)
    parts = []
    if days:
        parts.append(ngettext("%(count)d day", "%(count)d days", days) % {"count": days})
    if hours:
        parts.append(ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours})
    if minutes or not parts:
        parts.append(
            ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
        )
    return " ".join(parts)


def hours_in_words(minutes: int) -> str:
    """Minutes as a ledger tells them, alike in every language: “20 h”, “−1 h 30 min”."""
    hours, rest = divmod(abs(minutes), 60)
    parts = [f"{hours}\u00a0h"] if hours or not rest else []
    parts += [f"{rest}\u00a0min"] if rest else []
    return ("−" if minutes < 0 else "") + " ".join(parts)


def week_in_words(hours: Iterable[HoursOfWeek]) -> str:
    """Hours of the week such as “Mon–Fri 08:00–12:00, Sat 10:00–24:00”."""
    return ", ".join(
        f"{days_in_words(each.weekdays)} {each.start_time:%H:%M}–{_end_of_day(each.end_time)}"
        for each in hours
    )


def days_in_words(weekdays: Sequence[int]) -> str:
    """Days of the week such as “Mon–Fri” or “Mon, Wed”."""
    days = sorted(weekdays)
    if not days or len(days) == len(WEEKDAYS_ABBR):
        return _("every day")
    names = [str(WEEKDAYS_ABBR[day]) for day in days]
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:  # noqa: PLR2004
        return f"{names[0]}–{names[-1]}"
    return ", ".join(names)


def _end_of_day(end: time) -> str:
    return "24:00" if end == time.min else f"{end:%H:%M}"


def moment_in_words(moment: datetime, zone: ZoneInfo) -> str:
    """A moment on the clock of `zone`, such as “Tue 5 May 10:00”."""
    local = moment.astimezone(zone)
    return date_format(local, _("D j M H:i"))


def span_in_words(span: Interval, zone: ZoneInfo) -> str:
    """A span on the clock of `zone`, such as “Tue 5 May 10:00–11:30”."""
    start, end = span.start.astimezone(zone), span.end.astimezone(zone)
    if start.date() == end.date():
        return f"{moment_in_words(start, zone)}–{end:%H:%M}"
    return f"{moment_in_words(start, zone)} – {moment_in_words(end, zone)}"


def closed_in_words(span: Interval, zone: ZoneInfo) -> str:
    """Like `span_in_words`, and whole days as days, such as “Tue 5 May – Thu 7 May”."""
    start, end = span.start.astimezone(zone), span.end.astimezone(zone)
    if start.time() != time.min or end.time() != time.min:
        return span_in_words(span, zone)
    first, last = start.date(), end.date() - DAY
    if first == last:
        return date_in_words(first)
    return f"{date_in_words(first)} – {date_in_words(last)}"


def date_in_words(day: date) -> str:
    """A date such as “Tue 5 May”."""
    return date_format(day, _("D j M"))


def limit_in_words(account: Account) -> str:
    """How much may be had of what, such as “4 hours a day, laser cutter”."""
    return _("%(amount)s %(window)s, %(target)s") % {
        "amount": _amount_in_words(account.limit),
        "window": _window_in_words(account.limit),
        "target": account.name,
    }


def usage_in_words(account: Account, amount: int) -> str:
    """How much of a limit is used, such as “3 hours of 4 hours a day, laser cutter”."""
    told = duration_in_words(timedelta(seconds=amount)) if account.limit.duration else str(amount)
    return _("%(used)s used of %(limit)s") % {"used": told, "limit": limit_in_words(account)}


def quota_in_words(limit: Limit, *, whose: str, what: str) -> str:
    """A quota as a sentence or two."""
    sentence = _("%(whose)s: %(amount)s %(window)s, %(target)s.") % {
        "whose": whose,
        "amount": _amount_in_words(limit),
        "window": _window_in_words(limit),
        "target": what,
    }
    parts = [sentence]
    if limit.start_time and limit.end_time and limit.hours_counted != HoursCounted.ALL:
        counted = HoursOfWeek(
            weekdays=limit.weekdays, start_time=limit.start_time, end_time=limit.end_time
        )
        hours = week_in_words([counted])
        if limit.hours_counted == HoursCounted.INSIDE:
            parts.append(_("Only %(hours)s counts.") % {"hours": hours})
        else:
            parts.append(_("%(hours)s does not count.") % {"hours": hours})
    if limit.last_minute is not None:
        parts.append(
            _("What is reserved %(duration)s before its start, or later, counts nothing.")
            % {"duration": duration_in_words(limit.last_minute)}
        )
    return " ".join(parts)


def _amount_in_words(limit: Limit) -> str:
    if limit.duration is not None:
        return duration_in_words(limit.duration)
    count = limit.count or 0
    return ngettext("%(count)d reservation", "%(count)d reservations", count) % {"count": count}


def _window_in_words(limit: Limit) -> str:
    if limit.window == QuotaWindow.ROLLING:
        return ngettext("in any %(days)d day", "in any %(days)d days", limit.days) % {
            "days": limit.days
        }
    return {
        QuotaWindow.DAY: _("a day"),
        QuotaWindow.WEEK: _("a week"),
        QuotaWindow.MONTH: _("a month"),
        QuotaWindow.AT_ONCE: _("at once"),
    }[limit.window]
