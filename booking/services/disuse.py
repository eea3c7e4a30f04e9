"""Certifications that end where a skill is not used: each use puts the end off."""

from datetime import date, datetime
from typing import Any

from django.db.models import DateField, F, Func, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast

from booking.models import UsageSession
from booking.states import DISUSE_LOOKED_BACK
from members.lasting import kept_until
from members.models import Certification


def follow_use(now: datetime) -> int:
    """Put off the end of what was used while it was certified; how many times.

    Looks at the last use that counts, whenever that was told, so it may run late or twice: what
    was used in time is certified on, even if its end has passed meanwhile. Each use puts the end
    off, which may let a later one count: so it is asked until nothing changes.
    """
    total = 0
    while changed := _follow_once(now):
        total += changed
    return total


def _follow_once(now: datetime) -> int:
    rows = Certification.objects.standing().filter(
        disuse_months__isnull=False,
        end_date__gte=now.date() - DISUSE_LOOKED_BACK,
    )
    used: QuerySet[Any] = rows.annotate(last_used=Subquery(_uses_in_time()))
    return sum(_put_off(row, used=row.last_used) for row in used.exclude(last_used=None))


def _put_off(row: Certification, *, used: date) -> int:
    """Move the last day where that use moves it; one that is revoked meanwhile stays as it is."""
    if row.end_date is None or row.disuse_months is None:
        return 0
    end = kept_until(
        row.end_date, used=used, disuse_months=row.disuse_months, expiry=row.expiry_date
    )
    standing = Certification.objects.standing().filter(pk=row.pk, end_date__lt=end)
    return standing.update(end_date=end)


def _uses_in_time() -> QuerySet[UsageSession, date]:
    """The day of the last use of a machine that needs the skill, while it was certified.

    Days are those of the place where the machine stands.
    """
    local = Func(
        F("started_at"),
        F("machine__space__timezone"),
        template="(%(expressions)s)",
        arg_joiner=" AT TIME ZONE ",
    )
    sessions = UsageSession.objects.filter(
        member=OuterRef("member"), machine__skills=OuterRef("skill")
    )
    timely = sessions.annotate(day=Cast(local, DateField())).filter(
        day__gte=OuterRef("start_date"), day__lte=OuterRef("end_date")
    )
    return timely.order_by("-started_at").values_list("day", flat=True)[:1]
