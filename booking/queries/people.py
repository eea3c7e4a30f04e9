"""Who has to do with a space."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from billing.models import Contract
from booking.models import Reservation
from members.models import Delegate, Member, Membership, Role
from spaces.models import Space


def people_of(space: Space) -> QuerySet[Member]:
    """The members of `space`, its staff, holders of reservations, delegates of its companies."""
    companies = Contract.objects.filter(space=space).values("company")
    return Member.objects.filter(
        Q(pk__in=Membership.objects.filter(space=space).values("member"))
        | Q(pk__in=Role.objects.filter(space=space).values("member"))
        | Q(pk__in=Reservation.objects.filter(machine__space=space).values("member"))
        | Q(pk__in=Delegate.objects.filter(company__in=companies).values("member")),
        is_active=True,
    )


def staff_of(spaces: Iterable[int]) -> dict[int, list[Member]]:
    """Everybody who works in each of `spaces`, in two queries."""
    found: dict[int, list[Member]] = {}
    rows = Member.objects.filter(is_active=True, roles__space__in=list(spaces))
    for member in rows.distinct().prefetch_related("roles").order_by("pk"):
        for space in {role.space_id for role in member.roles.all()}:
            found.setdefault(space, []).append(member)
    return found


def bookers_of(companies: Iterable[int]) -> dict[int, list[Member]]:
    """Everybody who books for each of `companies`, in one query."""
    found: dict[int, list[Member]] = {}
    rows = Delegate.objects.booking().filter(company__in=list(companies))
    for delegate in rows.select_related("member").order_by("pk"):
        found.setdefault(delegate.company_id, []).append(delegate.member)
    return found
