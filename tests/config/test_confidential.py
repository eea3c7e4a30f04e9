"""Confidential reservations are “Reserved” to everyone outside the company and the staff.

Every address and every call is walked, whatever is added to them: pages, files, the API, the
message log and the plain admin.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.db.models import Q
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.timezone import now

from booking.facts import BookingRequest
from booking.models import Reservation
from booking.queries.feeds import followable
from booking.services.reservations import reserve
from booking.states import FeedKind
from machines.models import Stoppage
from members.models import Company, Member
from notifications.models import Message
from notifications.rendering import render
from tests.booking.following import followed
from tests.config.doors import CALLS, DOORS, IDS
from tests.config.doors.door import World
from tests.config.test_doors import browser, secret_of
from tests.factories.members import DelegateFactory, MemberFactory, RoleFactory

pytestmark = pytest.mark.django_db

SECRETS = ("Prototype X7", "Orbe Optique", "Coco Colleague", "Bo Booker")


@dataclass(frozen=True)
class Secret:
    """A confidential reservation of tomorrow, and everybody who looks."""

    row: Reservation
    inside: dict[str, Member]
    outside: dict[str, Member | None]


@pytest.fixture
def secret(world: World) -> Secret:
    """Reserved by a booker for a colleague on the machine that all addresses are about."""
    Stoppage.objects.all().delete()
    company = Company.objects.create(slug="orbe", name="Orbe Optique SA")
    booker = DelegateFactory(company=company, member__name="Bo Booker").member
    holder = DelegateFactory(company=company, member__name="Coco Colleague").member
    start = now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    row = reserve(
        machine=world.machine,
        member=holder,
        request=BookingRequest(starts_at=start, ends_at=start + timedelta(hours=1)),
        by=booker,
        now=now(),
        purpose="Prototype X7",
        company=company,
        is_confidential=True,
    )
    invoices = DelegateFactory(company=company, kind="invoice").member
    return Secret(
        row=row,
        inside={
            "holder": holder,
            "booker": booker,
            "who gets the invoices": invoices,
            "staff": RoleFactory(space=world.space).member,
            "superuser": MemberFactory(is_staff=True, is_superuser=True),
        },
        outside={
            "visitor": None,
            "maker": MemberFactory(),
            "another company": DelegateFactory(kind="admin").member,
            "staff of another space": RoleFactory().member,
        },
    )


def pages(world: World, secret: Secret) -> Iterator[str]:
    """Every address, about the world and about the secret, on the day of the secret."""
    day = secret.row.starts_at.astimezone(world.space.zone).date().isoformat()
    asked = urlencode({"date": day, "week": day, "day": day, "start": "10:00", "end": "11:00"})
    for door in DOORS:
        arguments = DOORS[door].arguments(world)
        yield f"{reverse(door, args=arguments)}?{asked}"
        if arguments == [world.reservation.pk]:
            yield f"{reverse(door, args=[secret.row.pk])}?{asked}"
    yield f"/spaces/{world.space.slug}/board/?reservation={secret.row.pk}"
    yield f"/spaces/{world.space.slug}/board/?week={day}"
    yield f"/spaces/{world.space.slug}/requests/{secret.row.pk}/"
    yield "/companies/orbe/"
    for message in Message.objects.filter(subject_key=secret.row.subject_key):
        yield f"/messages/{message.pk}/"
        yield f"/messages/{message.pk}/html/"


def calls(world: World, secret: Secret) -> Iterator[str]:
    """Every call that reads, about the machine and about the secret."""
    for call in CALLS:
        method, path = call.split(" ")
        if method == "get":
            kind = path.split("/")[0]
            pk = IDS[kind](world) if kind in IDS and kind != "reservations" else secret.row.pk
            of = {"slug": world.space.slug, "id": pk, "token": ""}
            yield f"/api/v1/{path.format(**of, name='machines', form='json')}"
    yield "/api/v1/reservations?mine=true"
    yield f"/api/v1/slots?duration=60&space={world.space.slug}"


def feeds(world: World, person: Member) -> Iterator[str]:
    """Everything that `person` may follow in a calendar program."""
    for feed in followable(person, machine_id=world.machine.pk):
        about = {"machine": feed.machine, "space": feed.space, "company": feed.company}
        yield followed(person, FeedKind(feed.kind), **about)


def told(client: Client, addresses: Iterator[str]) -> dict[str, list[str]]:
    """The secrets that each address tells to whom `client` belongs."""
    answers = {}
    for address in addresses:
        response = client.get(address)
        text = b"".join(response) if response.streaming else response.content
        found = [each for each in SECRETS if each in text.decode(errors="replace")]
        if found:
            answers[address] = found
    return answers


def test_nobody_outside_is_told_anything_on_any_page(world: World, secret: Secret) -> None:
    for who, person in secret.outside.items():
        assert told(browser(person), pages(world, secret)) == {}, who


def test_nobody_outside_is_told_anything_by_any_call(world: World, secret: Secret) -> None:
    for who, person in secret.outside.items():
        headers = {"Authorization": f"Bearer {secret_of(person)}"} if person else {}
        assert told(Client(headers=headers), calls(world, secret)) == {}, who


def test_nobody_outside_is_told_anything_by_a_calendar_to_follow(
    world: World, secret: Secret
) -> None:
    for who, person in secret.outside.items():
        if person is not None:
            addresses = list(feeds(world, person))
            assert len(addresses) >= 3, who
            assert told(Client(), iter(addresses)) == {}, who


def test_a_calendar_to_follow_tells_those_inside_and_the_staff(
    world: World, secret: Secret
) -> None:
    for who, person in secret.inside.items():
        address = followed(person, FeedKind.MACHINE, machine=world.machine)
        ((_address, found),) = told(Client(), iter([address])).items()
        assert {"Prototype X7", "Coco Colleague"} <= set(found), who


def test_who_has_left_the_company_is_outside(world: World, secret: Secret) -> None:
    booker = secret.inside["booker"]
    addresses = list(feeds(world, booker))
    assert told(Client(), iter(addresses))
    booker.delegations.all().delete()
    assert told(Client(), iter(addresses)) == {}


def test_others_see_that_the_time_is_reserved(world: World, secret: Secret) -> None:
    week = secret.row.starts_at.astimezone(world.space.zone).date()
    address = reverse("booking:machine", args=[world.space.slug, world.machine.slug])
    for who, person in secret.outside.items():
        page = browser(person).get(f"{address}?week={week}").content.decode()
        assert "Reserved" in page, who


def test_those_inside_and_the_staff_are_told_everything(world: World, secret: Secret) -> None:
    page = reverse("booking:reservation", args=[secret.row.pk])
    week = secret.row.starts_at.astimezone(world.space.zone).date()
    machine = reverse("booking:machine", args=[world.space.slug, world.machine.slug])
    for who, person in secret.inside.items():
        shown = told(browser(person), iter([page, f"{machine}?week={week}"]))
        assert shown[page] == list(SECRETS), who
        assert "Prototype X7" in shown[f"{machine}?week={week}"], who
        headers = {"Authorization": f"Bearer {secret_of(person)}"}
        read = Client(headers=headers).get(f"/api/v1/reservations/{secret.row.pk}")
        assert read.json()["purpose"] == "Prototype X7", who


def test_the_staff_reads_the_message_log_and_the_board(world: World, secret: Secret) -> None:
    staff = browser(secret.inside["staff"])
    (message,) = Message.objects.filter(subject_key=secret.row.subject_key, kind__contains="firm")
    log = f"/messages/{message.pk}/"
    board = f"/spaces/{world.space.slug}/board/?reservation={secret.row.pk}"
    shown = told(staff, iter([log, board]))
    assert "Prototype X7" in shown[log]
    assert "Prototype X7" in shown[board]


def test_only_those_inside_get_mail_about_it(secret: Secret) -> None:
    people = {person.pk for person in secret.inside.values()}
    about = Message.objects.filter(subject_key=secret.row.subject_key)
    assert about.exists()
    assert {each.recipient_id for each in about} <= people
    others = Message.objects.filter(~Q(subject_key=secret.row.subject_key))
    for message in others:
        assert not any(each in render(message).text for each in SECRETS)


def test_the_plain_admin_shows_no_more_than_the_pages(world: World, secret: Secret) -> None:
    request = RequestFactory().get("/")
    for who, person in (secret.inside | secret.outside).items():
        request.user = person  # type: ignore[assignment]
        if person is None:
            continue
        rows = admin.site._registry[Reservation].get_queryset(request)
        assert rows.filter(pk=secret.row.pk).exists() == (who in secret.inside), who


def test_a_wish_of_others_learns_nothing_of_who_stands_in_its_way(
    world: World, secret: Secret
) -> None:
    start, end = secret.row.starts_at, secret.row.ends_at
    zone = world.space.zone
    body = {
        "machine": world.machine.pk,
        "starts_at": start.astimezone(zone).isoformat(),
        "ends_at": end.astimezone(zone).isoformat(),
    }
    stranger = secret.outside["maker"]
    headers = {"Authorization": f"Bearer {secret_of(stranger)}"}
    for path in ("reservations", "reservations/check"):
        answer = Client(headers=headers).post(
            f"/api/v1/{path}", body, content_type="application/json"
        )
        assert not any(each in answer.content.decode() for each in SECRETS)
