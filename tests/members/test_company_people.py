"""The people of a company: invited by mail, told apart by kind, never left without an admin."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from members.models import Company, Delegate, Invitation, Member
from members.states import DelegateKind
from notifications.models import Message
from notifications.rendering import render
from tests.factories.members import CompanyFactory, DelegateFactory, MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    """A company."""
    return CompanyFactory()


@pytest.fixture
def admin(company: Company) -> Member:
    """Its administrator."""
    return DelegateFactory(company=company, kind=DelegateKind.ADMIN).member


def web(member: Member) -> Client:
    """The browser of `member`."""
    client = Client()
    client.force_login(member)
    return client


def people(company: Company) -> str:
    """The page of its people."""
    return reverse("members:company_people", args=[company.slug])


def invite(admin: Member, company: Company, email: str, kind: str = "booker") -> Any:
    """Ask `email` on the page."""
    return web(admin).post(people(company), {"email": email, "kind": kind})


def test_known_and_unknown_addresses_look_the_same_until_they_accept(
    admin: Member, company: Company
) -> None:
    known = MemberFactory(name="Secret Name")
    for email in (known.email.upper(), "nobody@example.org"):
        assert invite(admin, company, email).status_code == 302
    page = web(admin).get(people(company)).content.decode()
    assert page.count("invited") >= 2
    assert "Secret Name" not in page
    assert company.delegates.count() == 1
    to_known, to_unknown = Message.objects.order_by("pk")
    assert (to_known.recipient, to_unknown.recipient) == (known, None)
    assert reverse("account_signup") in render(to_unknown).text
    assert reverse("account_signup") not in render(to_known).text
    assert company.name in render(to_unknown).subject
    assert {each.space_key for each in (to_known, to_unknown)} == {""}


def test_whoever_owns_the_address_accepts_or_declines(admin: Member, company: Company) -> None:
    known, other = MemberFactory(), MemberFactory()
    invite(admin, company, known.email)
    invitation = Invitation.objects.get()
    accept = reverse("members:invitation_accept", args=[invitation.pk])
    assert web(other).post(accept).status_code == 404
    assert company.name in web(known).get(reverse("members:companies")).content.decode()
    assert web(known).post(accept).status_code == 302
    assert Delegate.objects.get(member=known).kind == DelegateKind.BOOKER
    assert not Invitation.objects.exists()
    assert Message.objects.get().state == "withdrawn"
    invite(admin, company, other.email)
    decline = reverse("members:invitation_decline", args=[Invitation.objects.get().pk])
    assert web(other).post(decline).status_code == 302
    assert not company.delegates.filter(member=other).exists()


def test_asking_again_changes_the_kind_and_writes_once_more(
    admin: Member, company: Company
) -> None:
    invite(admin, company, "new@example.org")
    invite(admin, company, "NEW@example.org", "invoice")
    assert Invitation.objects.get().kind == DelegateKind.INVOICE


def test_who_acts_for_it_already_is_not_asked(admin: Member, company: Company) -> None:
    answer = invite(admin, company, admin.email)
    assert answer.status_code == 422
    assert "acts for the company already" in answer.content.decode()


def test_the_last_administrator_cannot_go(admin: Member, company: Company) -> None:
    mine = company.delegates.get()
    change = reverse("members:delegate_change", args=[company.slug, mine.pk])
    remove = reverse("members:delegate_remove", args=[company.slug, mine.pk])
    for address, data in ((change, {"kind": "booker"}), (remove, {})):
        answer = web(admin).post(address, data, follow=True)
        assert re.search("needs an administrator", answer.content.decode())
    assert company.delegates.get().kind == DelegateKind.ADMIN
    DelegateFactory(company=company, kind=DelegateKind.ADMIN)
    assert web(admin).post(remove).status_code == 302
    assert not company.delegates.filter(member=admin).exists()


@pytest.mark.parametrize("kind", ["booker", "invoice"])
def test_others_of_the_company_see_the_people_and_change_nothing(
    admin: Member, company: Company, kind: str
) -> None:
    person = DelegateFactory(company=company, kind=kind).member
    page = web(person).get(people(company))
    assert page.status_code == 200
    assert admin.email not in page.content.decode()
    target = company.delegates.get(member=admin)
    for name in ("members:delegate_change", "members:delegate_remove"):
        address = reverse(name, args=[company.slug, target.pk])
        assert web(person).post(address, {"kind": "booker"}).status_code == 403
    assert invite(person, company, "new@example.org").status_code == 403


def test_an_invitation_is_called_back(admin: Member, company: Company) -> None:
    invite(admin, company, "new@example.org")
    pk = Invitation.objects.get().pk
    address = reverse("members:invitation_withdraw", args=[company.slug, pk])
    assert web(admin).post(address).status_code == 302
    assert not Invitation.objects.exists()
