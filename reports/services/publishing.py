"""Letting everybody have what a space publishes, and taking it back."""

from datetime import date, datetime

from django.db import transaction

from machines.models import DirtyDay
from members.models import Member
from reports.filters import Period
from reports.licences import FROZEN_AFTER, MONTHS_BACK, Licence
from reports.models import OpenData, PublishedMonth, UsageMonth
from reports.open_data.months import public_month
from spaces.models import Space


def set_open_data(
    *, space: Space, is_on: bool, licence: Licence, by: Member, now: datetime
) -> OpenData:
    """Publish what `space` has under `licence`, or stop; months that were published are kept.

    Taking it back hides everything at once; who has it already keeps it.
    """
    setting, _made = OpenData.objects.update_or_create(
        space=space,
        defaults={"is_on": is_on, "licence": licence, "changed_at": now, "changed_by": by},
    )
    return setting


def publish_months(*, now: datetime) -> int:
    """Publish the months of open spaces that are not corrected any more; returns how many.

    A month of which figures are still being computed waits. One that was published stays as it
    is, whatever is corrected later: two versions would tell whose use was corrected.
    """
    done = 0
    for setting in OpenData.objects.filter(is_on=True).select_related("space"):
        for month in months_due(setting.space, now=now):
            with transaction.atomic():
                _row, is_new = PublishedMonth.objects.get_or_create(
                    space=setting.space,
                    month=month,
                    defaults={
                        "content": public_month(setting.space, month, now=now),
                        "frozen_at": now,
                    },
                )
            done += is_new
    return done


def months_due(space: Space, *, now: datetime) -> list[date]:
    """The months of `space` that are to be published now, the oldest first."""
    there = set(space.published_months.values_list("month", flat=True))
    month = last_final_month(space, now=now)
    due = []
    for _ in range(MONTHS_BACK):
        if month not in there and _is_computed(space, month):
            due.append(month)
        month = Period.month_of(month).previous().first
    return due[::-1]


def last_final_month(space: Space, *, now: datetime) -> date:
    """The last month that is not corrected any more."""
    day = (now - FROZEN_AFTER).astimezone(space.zone).date()
    return Period.month_of(day).previous().first


def _is_computed(space: Space, month: date) -> bool:
    period = Period.month_of(month)
    in_work = DirtyDay.objects.filter(
        machine__space=space, date__gte=period.first, date__lte=period.last
    )
    return (
        UsageMonth.objects.filter(machine__space=space, month=month).exists()
        and not in_work.exists()
    )
