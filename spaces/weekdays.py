"""Hours of the week, as policies, quotas and contracts name them: some weekdays, from, until."""

from collections.abc import Collection
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from spaces.intervals import DAY, Interval, local_dates, opening_moment_of

SUNDAY = 6


def weekdays_field() -> "ArrayField[list[int], list[int]]":
    """Some days of the week, Monday being 0; none means every day."""
    return ArrayField(
        models.PositiveSmallIntegerField(validators=[MaxValueValidator(SUNDAY)]),
        verbose_name=_("weekdays"),
        default=list,
        blank=True,
    )


def weekly_intervals(
    weekdays: Collection[int], start: time, end: time, *, zone: ZoneInfo, window: Interval
) -> list[Interval]:
    """The hours from `start` to `end` on each of `weekdays` (none: on all) that touch `window`.

    Read on the wall clock of `zone`, as opening hours are; an end that is not after the start
    lies on the next day. Whole, not cut at the window.
    """
    later = DAY if end <= start else 0 * DAY
    found = []
    # The hours of the evening before reach into the first day.
    for day in local_dates(window.widened(before=DAY, after=0 * DAY), zone):
        if weekdays and day.weekday() not in weekdays:
            continue
        opens = opening_moment_of(datetime.combine(day, start), zone)
        closes = opening_moment_of(datetime.combine(day + later, end), zone)
        # Where spring skips the whole of them, nothing is left.
        if opens < closes and Interval(opens, closes).overlaps(window):
            found.append(Interval(opens, closes))
    return found
