"""Staff take an inventory in on a page: upload, look, say how, import; nobody else can."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from booking.services.bringing import import_waiting
from machines.models import Change, ColumnMapping, ImportDraft, Machine
from members.models import Member
from spaces.models import Space
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory, RoleFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

CONTENT = "Gerät;Raum;Preis\nLaser;OG;noch offen\nVelo;UG;2\nMini 1;UG;2\nMini 2;UG;2\n"


@pytest.fixture
def space() -> Space:
    return SpaceFactory(slug="lab")


@pytest.fixture
def staff(space: Space) -> Member:
    return RoleFactory(space=space).member


@pytest.fixture
def desk(client: Client, staff: Member) -> Client:
    client.force_login(staff)
    return client


def address(name: str = "billing:inventory_import") -> str:
    return reverse(name, args=["lab"])


def upload(client: Client, content: str | bytes = CONTENT, name: str = "liste.csv") -> str:
    raw = content.encode() if isinstance(content, str) else content
    response = client.post(address(), {"file": SimpleUploadedFile(name, raw)})
    assert response.status_code == 302, response.content
    return response["Location"]


FIELDS = {"column-0": "name", "column-1": "room", "column-2": "price"}


def test_upload_preview_and_import_of_the_good_rows(desk: Client, space: Space) -> None:
    draft = upload(desk)
    shown = desk.get(draft).content.decode()
    assert "This looks like a bicycle" in shown
    assert "noch offen" in shown
    assert "Mini 1, Mini 2" in shown
    assert not Machine.objects.exists()
    desk.post(draft, {**FIELDS, "step": "good"})
    assert not Machine.objects.exists()
    import_waiting(clock=now)
    done = desk.get(draft).content.decode()
    assert reverse("booking:inventory_change", args=["lab", Change.objects.get().pk]) in done
    assert "Imported: 3 new, 0 changed, 0 unchanged, 1 left out." in done
    assert "This looks like a bicycle" in done


def test_a_plain_import_is_refused_while_rows_are_rejected(desk: Client) -> None:
    draft = upload(desk)
    desk.post(draft, {**FIELDS, "step": "import"})
    import_waiting(clock=now)
    assert "Nothing was imported" in desk.get(draft).content.decode()
    assert not Machine.objects.exists()
    # Read another way it may be imported.
    desk.post(draft, {**FIELDS, "keep": ["3"], "step": "look"})
    assert "Nothing was imported" not in desk.get(draft).content.decode()


def test_import_it_anyway(desk: Client) -> None:
    draft = upload(desk)
    desk.post(draft, {**FIELDS, "keep": ["3"], "step": "look"})
    desk.post(draft, {**FIELDS, "keep": ["3"], "step": "import"})
    import_waiting(clock=now)
    assert Machine.objects.filter(name="Velo").exists()


def test_another_reading_is_shown_first_and_kept(desk: Client, space: Space) -> None:
    draft = upload(desk)
    fields = {"column-0": "name", "column-1": "description", "column-2": ""}
    desk.post(draft, {**fields, "step": "good"})
    import_waiting(clock=now)
    assert not Machine.objects.exists()
    desk.post(draft, {**fields, "step": "good"})
    import_waiting(clock=now)
    assert Machine.objects.get(name="Laser").description == "OG"
    kept = ColumnMapping.objects.get(space=space)
    assert kept.columns == {"Gerät": "name", "Raum": "description"}
    upload(desk)
    assert ImportDraft.objects.get(state="open").columns["fields"] == kept.columns


def test_one_field_for_two_columns_is_refused_beside_the_select(desk: Client) -> None:
    draft = upload(desk)
    response = desk.post(draft, {**FIELDS, "column-1": "name", "step": "look"})
    assert response.status_code == 422
    assert "is read as this already" in response.content.decode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04", "workbook"),
        (b"<html></html>", "web page"),
        (b"x" * 5_000_001, "larger than 5 MB"),
        (b"Name\n" + b"Laser\n" * 21_000, "at most 20000"),
    ],
)
def test_files_that_cannot_be_read_are_refused_in_words(
    desk: Client, content: bytes, words: str
) -> None:
    response = desk.post(address(), {"file": SimpleUploadedFile("a.csv", content)})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not ImportDraft.objects.exists()


def test_no_file_is_asked_for(desk: Client) -> None:
    assert desk.post(address()).status_code == 422
    assert desk.get(address()).status_code == 200


def test_only_a_header(desk: Client) -> None:
    assert "no rows" in desk.get(upload(desk, "Name;Raum\n")).content.decode()


@pytest.mark.parametrize(
    "name", ["billing:inventory_import", "billing:inventory_export", "machines:inventory"]
)
def test_visitors_are_sent_to_the_login_and_others_refused(
    client: Client, space: Space, name: str
) -> None:
    assert client.get(address(name)).status_code == 302
    client.force_login(MemberFactory())
    assert client.get(address(name)).status_code == 403
    client.force_login(RoleFactory().member)
    assert client.get(address(name)).status_code == 403


def test_nobody_can_post_from_another_space(client: Client, space: Space) -> None:
    client.force_login(RoleFactory().member)
    response = client.post(address(), {"file": SimpleUploadedFile("a.csv", b"Name\nLaser\n")})
    assert response.status_code == 403
    assert not ImportDraft.objects.exists()


def test_a_draft_belongs_to_who_made_it(desk: Client, space: Space) -> None:
    draft = upload(desk)
    other = Client()
    other.force_login(RoleFactory(space=space).member)
    assert other.get(draft).status_code == 404
    assert other.post(draft, {**FIELDS, "step": "good"}).status_code == 404
    assert desk.get(f"{address()}?draft=x").status_code == 404


def test_what_nobody_confirmed_is_gone_after_a_day(desk: Client, space: Space) -> None:
    upload(desk)
    forgotten = ImportDraft.objects.get()
    other = Client()
    other.force_login(RoleFactory(space=space).member)
    upload(other)
    assert ImportDraft.objects.count() == 2
    ImportDraft.objects.filter(pk=forgotten.pk).update(
        created_at=forgotten.created_at - timedelta(hours=25)
    )
    upload(other)
    assert not ImportDraft.objects.filter(pk=forgotten.pk).exists()


def test_the_export_is_a_file_that_comes_back(desk: Client, space: Space) -> None:
    MachineFactory(space=space, name="Laser")
    response = desk.get(address("billing:inventory_export"))
    assert response["Content-Disposition"] == 'attachment; filename="lab-inventory.csv"'
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert "unchanged" in desk.get(upload(desk, response.content)).content.decode()


def test_the_list_costs_a_fixed_number_of_queries(desk: Client, space: Space) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            desk.get(address("machines:inventory"))
        return len(queries)

    upload_and_import(desk)
    few = cost()
    for _ in range(20):
        MachineFactory(space=space)
    assert cost() == few


def test_the_list_filters(desk: Client, space: Space) -> None:
    upload_and_import(desk)
    listed = address("machines:inventory")
    assert "Mini 1" in desk.get(listed).content.decode()
    assert ">Laser<" not in desk.get(f"{listed}?text=mini").content.decode()
    assert "Mini 1" not in desk.get(f"{listed}?category=laser-cutter").content.decode()
    assert "No machine matches" in desk.get(f"{listed}?state=down").content.decode()
    assert "Mini 1" in desk.get(f"{listed}?room=UG").content.decode()
    assert desk.get(f"{listed}?state=nonsense&page=z").status_code == 200


def upload_and_import(desk: Client) -> None:
    draft = upload(desk)
    desk.post(draft, {**FIELDS, "step": "good"})
    import_waiting(clock=now)


def test_an_empty_list_says_what_to_do_first(desk: Client) -> None:
    assert "No machines yet" in desk.get(address("machines:inventory")).content.decode()


def test_a_long_preview_is_cut_and_says_so(desk: Client, space: Space) -> None:
    content = "Name,Qty\n" + "".join(f"Machine of kind {n:04}x,many\n" for n in range(400))
    file = SimpleUploadedFile("a.csv", content.encode())
    page = desk.post(address(), {"file": file}, follow=True).content.decode()
    assert page.count("The first 300 of 400 are shown.") == 2
    assert "Machine of kind 0399x" not in page
