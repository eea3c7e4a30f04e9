"""Who may be sent a report."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from members.models import Member
from reports.filters import Scope


def readers_of(scope: Scope) -> QuerySet[Member]:
    """Everybody whom `permissions.may_see` lets read the figures of `scope`, by name."""
    allowed = Q(is_superuser=True)
    if scope.space is not None:
        allowed |= Q(roles__space=scope.space)
    elif scope.company is not None:
        allowed |= Q(delegations__company=scope.company)
    else:
        allowed |= Q(roles__isnull=False)
    return Member.objects.filter(allowed, is_active=True).distinct().order_by("name", "email")


def choosable_by(person: Member, scope: Scope, *, chosen: Collection[int] = ()) -> QuerySet[Member]:
    """Those of them whom `person` knows: colleagues, and who is `chosen` already, by their ids.

    A superuser chooses among all.
    """
    if person.is_superuser:
        return readers_of(scope)
    if scope.company is not None:
        colleagues = Q(delegations__company=scope.company)
    elif scope.space is not None:
        colleagues = Q(roles__space=scope.space)
    else:
        colleagues = Q(roles__space__in=person.roles.values("space"))
    return readers_of(scope).filter(colleagues | Q(pk__in=[person.pk, *chosen]))
