"""Who may do what in a space; each view and endpoint asks one of these before anything else."""

from django.contrib.auth.models import AnonymousUser

from members.models import Company, Member, Role
from members.states import DelegateKind
from spaces.models import Space
from spaces.prepared import Prepared, given

Visitor = Member | AnonymousUser


def is_staff_of(person: Visitor, space: Space) -> bool:
    """Whether `person` works for `space`, or is a superuser."""
    if not isinstance(person, Member) or not person.is_active:
        return False
    return person.is_superuser or bool(_ROLES(member=person.pk, space=space.pk))


def may_book_for(person: Visitor, company: Company) -> bool:
    """Whether `person` may reserve machines in the name of `company`."""
    if not isinstance(person, Member) or not person.is_active:
        return False
    return company.delegates.filter(
        member=person, kind__in=[DelegateKind.ADMIN, DelegateKind.BOOKER]
    ).exists()


_ROLES: Prepared[str] = Prepared(
    lambda: Role.objects.filter(member=given("member"), space=given("space")).values_list(
        "kind", flat=True
    )
)
