"""Who has to do with a space."""

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
