"""Certifications that end where a skill is not used: each use puts the end off."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import (
    Case,
    DateField,
    F,
    Func,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Greatest

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
    later = {
        row.pk: end
        for row in used.exclude(last_used=None)
        if (end := _end_of(row, used=row.last_used)) is not None
    }
    return _put_off(later)


def _end_of(row: Certification, *, used: date) -> date | None:
    """The last day that this use gives, where that is a later one."""
    if row.end_date is None or row.disuse_months is None:
        return None
    end = kept_until(
        row.end_date, used=used, disuse_months=row.disuse_months, expiry=row.expiry_date
    )
    return end if end > row.end_date else None


def _put_off(later: Mapping[int, date]) -> int:
    """Move the last days, in one statement; what is revoked meanwhile stays as it is."""
    if not later:
        return 0
    told = Case(*(When(pk=pk, then=Value(end)) for pk, end in later.items()))
    rows = Certification.objects.standing().filter(pk__in=later)
    return rows.update(end_date=Greatest("end_date", told, output_field=DateField()))


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
