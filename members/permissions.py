"""Who may do what in a space; each view and endpoint asks one of these before anything else."""

from collections.abc import Collection

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from members.models import Certification, Company, GrantingRight, Member, Role, Skill
from members.states import Audience
from spaces.models import Space
from spaces.prepared import Prepared, given

Visitor = Member | AnonymousUser


def is_staff_of(person: Visitor, space: Space) -> bool:
    """Whether `person` works for `space`, or is a superuser."""
    if not isinstance(person, Member) or not person.is_active:
        return False
    return person.is_superuser or bool(_ROLES(member=person.pk, space=space.pk))


def audience_of(*, member: Visitor, company: Company | None, space: Space) -> Audience:
    """Whose terms and prices hold for what `member` has, or has for `company`, in `space`."""
    if company is not None:
        return Audience.COMPANY
    return Audience.STAFF if is_staff_of(member, space) else Audience.MAKER


def staff_among(members: Collection[int], spaces: Collection[int]) -> set[tuple[int, int]]:
    """Who of `members` works in which of `spaces`, by their ids; superusers in all of them."""
    rows = Member.objects.filter(
        Q(is_superuser=True) | Q(roles__space__in=spaces), pk__in=members, is_active=True
    )
    return {
        (member, space)
        for member, is_everywhere, place in rows.values_list("pk", "is_superuser", "roles__space")
        for space in (spaces if is_everywhere else [place])
    }


def may_book_for(person: Visitor, company: Company) -> bool:
    """Whether `person` may reserve machines in the name of `company`."""
    if not isinstance(person, Member) or not person.is_active:
        return False
    return company.delegates.booking().filter(member=person).exists()


def may_certify(person: Visitor, skill: Skill, space: Space) -> bool:
    """Whether `person` may certify others in `skill` for `space`: staff, and who has the right."""
    if is_staff_of(person, space):
        return True
    if not isinstance(person, Member) or not person.is_active:
        return False
    rights = GrantingRight.objects.standing()
    return rights.filter(member=person, skill=skill, space=space).exists()


def may_revoke(person: Visitor, certification: Certification) -> bool:
    """Whether `person` may revoke `certification`: who could grant it.

    One that counts everywhere is granted by superusers alone.
    """
    if certification.space is None:
        return isinstance(person, Member) and person.is_active and person.is_superuser
    return may_certify(person, certification.skill, certification.space)


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
