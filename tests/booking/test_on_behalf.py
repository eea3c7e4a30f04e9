"""Reserving on behalf of others: staff for members, delegates for colleagues; who did is kept."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from booking.models import Reservation
from machines.models import Machine
from members.models import Member
from members.services.tokens import create_token
from members.states import Scope
from tests.factories.booking import ReservationFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import CompanyFactory, DelegateFactory, MemberFactory, RoleFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
SPAN = {"date": "2026-05-05", "start": "10:00", "end": "12:00"}


@pytest.fixture(autouse=True)
def clock() -> Any:
    """The clock stands at NOW."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def machine() -> Machine:
    """A machine that is always open."""
    return MachineFactory()


def web(member: Member) -> Client:
    """The browser of `member`."""
    client = Client()
    client.force_login(member)
    return client


def form(machine: Machine) -> str:
    """The form to reserve."""
    return reverse("booking:reserve", args=[machine.space.slug, machine.slug])


def test_staff_reserve_for_a_member_and_both_names_are_kept(machine: Machine) -> None:
    staff = RoleFactory(space=machine.space).member
    maker = MemberFactory()
    answer = web(staff).post(form(machine), {**SPAN, "for_email": maker.email.upper()})
    assert answer.status_code == 302, answer.content.decode()
    made = Reservation.objects.get()
    assert (made.member, made.created_by) == (maker, staff)
    shown = web(maker).get(answer["Location"]).content.decode()
    assert "Reserved by" in shown
    assert staff.name in shown
    unknown = web(staff).post(form(machine), {**SPAN, "for_email": "nobody@example.org"})
    assert unknown.status_code == 422
    assert list(unknown.context["form"].errors) == ["for_email"]


def test_a_member_cannot_reserve_for_another_by_the_form(machine: Machine) -> None:
    me, other = MemberFactory(), MemberFactory()
    assert "for_email" not in web(me).get(form(machine)).content.decode()
    data = {**SPAN, "for_email": other.email, "colleague": str(other.pk)}
    assert web(me).post(form(machine), data).status_code == 302
    assert Reservation.objects.get().member == me


def test_a_delegate_reserves_for_a_colleague_of_the_company(machine: Machine) -> None:
    company = CompanyFactory()
    me, colleague = (DelegateFactory(company=company).member for _person in range(2))
    alone = {**SPAN, "colleague": str(colleague.pk)}
    refused = web(me).post(form(machine), alone)
    assert list(refused.context["form"].errors) == ["company"]
    assert web(me).post(form(machine), {**alone, "company": company.pk}).status_code == 302
    made = Reservation.objects.get()
    assert (made.member, made.created_by, made.company) == (colleague, me, company)
    page = web(me).get(reverse("booking:company", args=[company.slug])).content.decode()
    assert f"{me.name} for {colleague.name}" in page


def test_programs_do_the_same_and_are_told_who_acted(machine: Machine) -> None:
    company = CompanyFactory()
    me, colleague = (DelegateFactory(company=company).member for _person in range(2))
    _token, secret = create_token(member=me, scopes=[Scope.BOOK], name="", expires_at=None, now=NOW)
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    body = {
        "machine": machine.pk,
        "starts_at": "2026-05-05T10:00:00+02:00",
        "ends_at": "2026-05-05T12:00:00+02:00",
        "company": company.slug,
    }
    stranger = {**body, "for_member": MemberFactory().pk}
    url = "/api/v1/reservations"
    refused = client.post(url, stranger, content_type="application/json")
    assert [each["code"] for each in refused.json()["refusals"]] == ["NOT_ALLOWED"]
    for_colleague = {**body, "for_member": colleague.pk}
    made = client.post(url, for_colleague, content_type="application/json").json()
    assert (made["member"], made["created_by"]) == (colleague.pk, me.pk)


def test_the_plain_admin_shows_no_more_than_the_pages(machine: Machine) -> None:
    secret = ReservationFactory(
        machine=machine, starts_at=NOW, is_confidential=True, company=CompanyFactory()
    )
    outsider = MemberFactory(is_staff=True)
    outsider.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    address = reverse("admin:booking_reservation_changelist")
    row = reverse("admin:booking_reservation_change", args=[secret.pk])
    assert secret.member.name not in web(outsider).get(address).content.decode()
    assert web(outsider).get(row).status_code == 302
    RoleFactory(space=machine.space, member=outsider)
    assert secret.member.name in web(outsider).get(address).content.decode()
