"""Photos and documents are given out to those who may have them, and run nowhere."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from machines.models import Document, Machine
from machines.services.documents import Content, Paper, add_document, end_document, replace_document
from machines.services.photos import add_photo
from members.models import Member
from members.services.tokens import create_token
from members.states import Scope
from tests.booking.lively import signed_in
from tests.factories.machines import MachineFactory
from tests.factories.members import (
    CertificationFactory,
    MemberFactory,
    RoleFactory,
    SkillFactory,
)
from tests.pictures import picture

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
PAPER = Paper(title="Recipes", licence="CC0-1.0")
SECRET = Paper(title="Recipes", licence="CC0-1.0", is_restricted=True)
PAGE = "<script>alert(1)</script>"


def page_of(machine: Machine, client: Client | None = None) -> str:
    address = reverse("booking:machine", args=[machine.space.slug, machine.slug])
    return (client or Client()).get(address).text


def address_of(document: Document) -> str:
    return reverse("machines:document", args=[document.pk])


@pytest.fixture
def machine() -> Machine:
    """A laser that asks for a skill."""
    made: Machine = MachineFactory(name="Speedy")
    made.skills.add(SkillFactory(name="Laser induction"))
    return made


@pytest.fixture
def staff(machine: Machine) -> Member:
    made: Member = RoleFactory(space=machine.space).member
    return made


def laid(machine: Machine, by: Member, paper: Paper = PAPER, text: str = "x") -> Document:
    content = Content(file=ContentFile(text.encode(), "recipes.txt"))
    return add_document(machine=machine, paper=paper, content=content, by=by, now=NOW)


def test_photos_are_shown_in_the_catalogue_on_the_page_and_to_programs(
    client: Client, machine: Machine
) -> None:
    first = add_photo(machine=machine, picture=picture("red"), alts={"en": "From the front"})
    second = add_photo(machine=machine, picture=picture("blue"), alts={"fr": "Le tube"})
    for address in (f"/photos/{first.pk}/", f"/photos/{first.pk}/small/"):
        answer = client.get(address)
        assert answer["Content-Type"] == "image/jpeg"
        assert answer["X-Content-Type-Options"] == "nosniff"
    assert f"/photos/{first.pk}/small/" in client.get("/machines/").text
    page = page_of(machine)
    assert 'alt="From the front"' in page
    assert 'alt="Le tube"' in page
    told = client.get(f"/api/v1/machines/{machine.pk}").json()
    assert told["photo"].endswith(f"/photos/{first.pk}/")
    assert [each["alt"] for each in told["photos"]] == ["From the front", "Le tube"]
    in_french = client.get(
        f"/api/v1/machines/{machine.pk}", headers={"Accept-Language": "fr"}
    ).json()
    assert in_french["photos"][1]["url"].endswith(f"/photos/{second.pk}/")


def test_a_document_is_saved_not_run(client: Client, machine: Machine, staff: Member) -> None:
    document = Document.objects.create(
        machine=machine,
        title="Sheet",
        licence="CC0-1.0",
        file=ContentFile(PAGE.encode(), "sheet.html"),
    )
    answer = client.get(address_of(document))
    assert answer["Content-Disposition"] == 'attachment; filename="sheet.html"'
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert address_of(document) in page_of(machine)
    told = client.get(f"/api/v1/machines/{machine.pk}").json()
    assert told["documents"][0]["url"].endswith(address_of(document))


def test_an_unlisted_machine_gives_nothing_out_but_to_its_staff(
    client: Client, machine: Machine, staff: Member
) -> None:
    photo = add_photo(machine=machine, picture=picture(), alts={"en": "It"})
    document = laid(machine, staff)
    Machine.objects.update(is_listed=False)
    for address in (address_of(document), f"/photos/{photo.pk}/", f"/photos/{photo.pk}/small/"):
        assert client.get(address).status_code == 404
        assert signed_in(MemberFactory()).get(address).status_code == 404
        assert signed_in(staff).get(address).status_code == 200


def test_a_document_that_is_only_linked_leads_there(client: Client, staff: Member) -> None:
    content = Content(url="https://example.org/m")
    linked = add_document(machine=MachineFactory(), paper=PAPER, content=content, by=staff, now=NOW)
    assert client.get(address_of(linked))["Location"] == "https://example.org/m"


def test_a_restricted_document_is_for_certified_members(machine: Machine, staff: Member) -> None:
    document = laid(machine, staff, SECRET)
    stranger, late, able = (MemberFactory() for _each in range(3))
    skill = machine.skills.get()
    today = NOW.date()
    CertificationFactory(member=able, skill=skill, start_date=today, end_date=today)
    CertificationFactory(
        member=late, skill=skill, start_date=today - timedelta(9), end_date=today - timedelta(1)
    )
    with time_machine.travel(NOW, tick=False):
        for client, sees in (
            (Client(), False),
            (signed_in(stranger), False),
            (signed_in(late), False),
            (signed_in(able), True),
            (signed_in(staff), True),
        ):
            assert client.get(address_of(document)).status_code == (200 if sees else 404)
            assert (address_of(document) in page_of(machine, client)) is sees
            told = client.get(f"/api/v1/machines/{machine.pk}").json()["documents"]
            assert [each["restricted"] for each in told] == ([True] if sees else [])


def test_a_revoked_certification_opens_nothing(machine: Machine, staff: Member) -> None:
    document = laid(machine, staff, SECRET)
    member = MemberFactory()
    CertificationFactory(
        member=member, skill=machine.skills.get(), start_date=NOW.date(), revoked_at=NOW
    )
    with time_machine.travel(NOW, tick=False):
        assert signed_in(member).get(address_of(document)).status_code == 404


def test_a_token_opens_what_its_member_may_open(
    client: Client, machine: Machine, staff: Member
) -> None:
    document = laid(machine, staff, SECRET)
    able = MemberFactory()
    CertificationFactory(member=able, skill=machine.skills.get(), start_date=NOW.date())

    def titles(member: Member, scopes: list[Scope]) -> list[str]:
        _token, secret = create_token(
            member=member, scopes=scopes, name="t", expires_at=None, now=NOW
        )
        headers = {"Authorization": f"Bearer {secret}"}
        told = client.get(f"/api/v1/machines/{machine.pk}", headers=headers).json()
        opened = client.get(address_of(document), headers=headers).status_code
        assert (opened == 200) is bool(told["documents"])
        return [each["title"] for each in told["documents"]]

    with time_machine.travel(NOW, tick=False):
        assert titles(able, [Scope.READ]) == ["Recipes"]
        assert titles(MemberFactory(), [Scope.READ]) == []


def test_a_replaced_version_leads_to_the_one_that_holds(
    client: Client, machine: Machine, staff: Member
) -> None:
    first = laid(machine, staff, text="first")
    content = Content(file=ContentFile(b"second", "recipes.txt"))
    second = replace_document(document=first, paper=PAPER, content=content, by=staff, now=NOW)
    assert b"".join(client.get(address_of(first)).streaming_content) == b"second"
    assert b"".join(signed_in(staff).get(address_of(first)).streaming_content) == b"first"
    end_document(document=second, now=NOW)
    assert client.get(address_of(first)).status_code == 404
    assert client.get(f"/api/v1/machines/{machine.pk}").json()["documents"] == []
