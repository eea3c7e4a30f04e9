"""The sessions behind the figures of a report."""

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from booking.models import UsageSession
from booking.models.usage import IS_ASSUMED
from booking.queries.sessions import told
from reports.filters import Filters
from reports.queries.clocks import anywhere
from reports.queries.companies import SESSIONS
from reports.queries.scopes import Chosen
from spaces.models import Space


def sessions_behind(filters: Filters) -> QuerySet[UsageSession]:
    """Every session that lasts during any part of the period, the latest first.

    Asked only for those who may read them all (`permissions.may_see_sessions`).
    """
    rows = UsageSession.objects.filter(_of(filters), _during(filters))
    if not filters.with_assumed:
        rows = rows.exclude(IS_ASSUMED)
    return told(rows)


def _of(filters: Filters) -> Q:
    company = filters.scope.company
    if company is None:
        return Q(machine__in=Chosen(filters.scope).pks)
    theirs = SESSIONS.format(company=company.pk, since="%s", until="%s")
    window = anywhere(filters.period)
    # Both arms of what was not linked ask for the same bounds.
    bounds = [window.start, window.end, window.start] * 2
    return Q(pk__in=RawSQL(theirs, bounds))  # noqa: S611 - a number, and nothing but constants


def _during(filters: Filters) -> Q:
    """The period on the clock of each space: one window where all share a zone."""
    if filters.scope.space is not None:
        return _touching(filters, filters.scope.space)
    found = Q()
    spaces = {space.timezone: space for space in Space.objects.all()}
    for zone, space in spaces.items():
        found |= _touching(filters, space) & Q(machine__space__timezone=zone)
    return found


def _touching(filters: Filters, space: Space) -> Q:
    window = filters.period.window(space.zone)
    return Q(started_at__lt=window.end) & (Q(ended_at=None) | Q(ended_at__gt=window.start))
