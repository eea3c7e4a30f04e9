"""Times and durations as people say them, in the active language."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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


def moment_in_words(moment: datetime, zone: ZoneInfo) -> str:
    """A moment on the clock of `zone`, such as “Tue 5 May 10:00”."""
    local = moment.astimezone(zone)
    return date_format(local, _("D j M H:i"))
