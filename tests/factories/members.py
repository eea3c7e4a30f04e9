"""People as tests need them."""

from datetime import date

import factory

from members.models import (
    Certification,
    Company,
    Delegate,
    GrantingRight,
    Invitation,
    Member,
    Membership,
    Role,
    Skill,
)
from members.states import DelegateKind, RoleKind
from tests.factories.spaces import SpaceFactory

PASSWORD = "correct horse battery"


class MemberFactory(factory.django.DjangoModelFactory[Member]):
    """An active member who can sign in with PASSWORD."""

    class Meta:
        model = Member
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"member-{n}@example.org")
    name = factory.Sequence(lambda n: f"Member {n}")
    password = factory.django.Password(PASSWORD)


class RoleFactory(factory.django.DjangoModelFactory[Role]):
    """A member of staff of a space."""

    class Meta:
        model = Role

    member = factory.SubFactory(MemberFactory)
    space = factory.SubFactory(SpaceFactory)
    kind = RoleKind.STAFF


class MembershipFactory(factory.django.DjangoModelFactory[Membership]):
    """A membership without an end."""

    class Meta:
        model = Membership

    member = factory.SubFactory(MemberFactory)
    space = factory.SubFactory(SpaceFactory)
    start_date = date(2020, 1, 1)


class CompanyFactory(factory.django.DjangoModelFactory[Company]):
    """A company."""

    class Meta:
        model = Company

    slug = factory.Sequence(lambda n: f"company-{n}")
    name = factory.Sequence(lambda n: f"Company {n}")


class DelegateFactory(factory.django.DjangoModelFactory[Delegate]):
    """Someone who may book for a company."""

    class Meta:
        model = Delegate

    company = factory.SubFactory(CompanyFactory)
    member = factory.SubFactory(MemberFactory)
    kind = DelegateKind.BOOKER


class InvitationFactory(factory.django.DjangoModelFactory[Invitation]):
    """Somebody asked to book for a company."""

    class Meta:
        model = Invitation

    company = factory.SubFactory(CompanyFactory)
    email = factory.Sequence(lambda n: f"invited-{n}@example.org")
    kind = DelegateKind.BOOKER
    created_by = factory.SubFactory(MemberFactory)


class SkillFactory(factory.django.DjangoModelFactory[Skill]):
    """Something to learn."""

    class Meta:
        model = Skill

    slug = factory.Sequence(lambda n: f"skill-{n}")
    name = factory.Sequence(lambda n: f"Skill {n}")


class CertificationFactory(factory.django.DjangoModelFactory[Certification]):
    """A certification without an end."""

    class Meta:
        model = Certification

    member = factory.SubFactory(MemberFactory)
    skill = factory.SubFactory(SkillFactory)
    start_date = date(2020, 1, 1)


class GrantingRightFactory(factory.django.DjangoModelFactory[GrantingRight]):
    """The right to certify others."""

    class Meta:
        model = GrantingRight

    member = factory.SubFactory(MemberFactory)
    skill = factory.SubFactory(SkillFactory)
    space = factory.SubFactory(SpaceFactory)
    granted_by = factory.SubFactory(MemberFactory)
