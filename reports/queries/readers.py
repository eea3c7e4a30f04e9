"""Who may be sent a report."""

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
