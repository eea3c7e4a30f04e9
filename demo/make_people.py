"""Members, companies and staff of the demo."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from random import Random

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils.text import slugify

from demo.people import COMPANIES, DEMO_COMPANY, LOGINS, MAKERS, PASSWORD
from members.models import (
    Certification,
    Company,
    Delegate,
    Member,
    Membership,
    Role,
    Skill,
)
from members.states import DelegateKind, RoleKind
from notifications.channels.webhook import new_secret
from notifications.models import Endpoint, Preference
from notifications.states import ChannelName, Trouble
from spaces.models import Space

COMES_BY = 0.55
"""The share of makers who are members of any one space."""


def make_logins(spaces: Sequence[Space], *, now: datetime) -> dict[str, Member]:
    """The four people who can sign in, by the part of their address before the @."""
    password = make_password(PASSWORD)
    people = {}
    for email, name in LOGINS.items():
        person = Member.objects.create(
            email=email,
            name=name,
            password=password,
            language="en",
            is_staff=email.startswith("admin"),
            is_superuser=email.startswith("admin"),
        )
        EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
        people[email.partition("@")[0]] = person
    # Who books for a company gets many messages: one a day is enough, and none at night.
    Preference.objects.create(
        member=people["company"], digest_time=time(18), quiet_from=time(21), quiet_until=time(7)
    )
    _join(list(people.values()), spaces, now=now)
    Role.objects.bulk_create(
        Role(member=people["staff"], space=space, kind=RoleKind.STAFF) for space in spaces
    )
    return people


def lose_a_channel(member: Member, *, now: datetime) -> None:
    """A program that `member` once had called, and that wanted no more calls since yesterday."""
    Endpoint.objects.create(
        member=member,
        channel=ChannelName.WEBHOOK,
        name="Display at the door",
        address={"url": "https://display.example.org/etabli"},
        keys={"secret": new_secret()},
        is_active=False,
        created_at=now - timedelta(days=40),
        last_success_at=now - timedelta(days=2),
        failures=1,
        trouble=Trouble.GONE,
        last_error="HTTP 410 Gone",
        disabled_at=now - timedelta(days=1),
    )


def make_makers(spaces: Sequence[Space], rng: Random, *, now: datetime) -> dict[int, list[Member]]:
    """Makers by the id of each space that they are members of."""
    languages = ("fr", "de", "it", "en")
    makers = Member.objects.bulk_create(
        Member(
            email=f"{slugify(name)}@example.org",
            name=name,
            password=make_password(None),
            language=rng.choice(languages),
        )
        for name in MAKERS
    )
    regulars = {
        space.pk: [maker for maker in makers if rng.random() < COMES_BY] for space in spaces
    }
    for space in spaces:
        _join(regulars[space.pk], [space], now=now)
    return regulars


def make_companies(people: Sequence[Member], rng: Random, colleague: Member) -> list[Company]:
    """Companies with delegates; `colleague` books for the demo's own."""
    companies = Company.objects.bulk_create(
        Company(slug=slug, name=name) for slug, name in COMPANIES.items()
    )
    for company in companies:
        for member in rng.sample(list(people), 2):
            Delegate.objects.create(company=company, member=member, kind=DelegateKind.BOOKER)
        if company.slug == DEMO_COMPANY:
            Delegate.objects.create(company=company, member=colleague, kind=DelegateKind.ADMIN)
    return companies


def certify(members: Sequence[Member], skills: Sequence[Skill], *, now: datetime) -> None:
    """Give every member every skill, learned before the year began."""
    learned = (now - timedelta(days=500)).date()
    Certification.objects.bulk_create(
        Certification(member=member, skill=skill, start_date=learned)
        for member in members
        for skill in skills
    )


def _join(members: Sequence[Member], spaces: Sequence[Space], *, now: datetime) -> None:
    joined = (now - timedelta(days=400)).date()
    Membership.objects.bulk_create(
        Membership(member=member, space=space, start_date=joined)
        for space in spaces
        for member in members
    )
