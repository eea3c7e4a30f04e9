"""Who may do what in a space; each view and endpoint asks one of these before anything else."""

from django.contrib.auth.models import AnonymousUser

from members.models import Company, Member, Role
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
    return company.delegates.booking().filter(member=person).exists()


def may_administer(person: Visitor, company: Company) -> bool:
    """Whether `person` may say who acts for `company`."""
    if not isinstance(person, Member) or not person.is_active:
        return False
    return company.delegates.administering().filter(member=person).exists()


def is_of(person: Visitor, company: Company) -> bool:
    """Whether `person` acts for `company` in any way."""
    if not isinstance(person, Member) or not person.is_active:
        return False
    return company.delegates.filter(member=person).exists()


_ROLES: Prepared[str] = Prepared(
    lambda: Role.objects.filter(member=given("member"), space=given("space")).values_list(
        "kind", flat=True
    )
)
