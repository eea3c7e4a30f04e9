"""Staff writes what the page of a machine shows: photos, documents, specifications."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from machines.models import Change, Document, Machine, Photo
from machines.services.documents import (
    Content,
    DocumentEnded,
    Paper,
    change_document,
    end_document,
    replace_document,
)
from machines.services.photos import MOST_PHOTOS, add_photo
from machines.states import ChangeKind
from tests.factories.machines import MachineFactory
from tests.factories.members import RoleFactory
from tests.factories.spaces import SpaceFactory
from tests.pictures import picture

pytestmark = pytest.mark.django_db

SHEET = "/spaces/atelier/machines/speedy/sheet/"
PDF = b"%PDF-1.7\n%%EOF\n"
PAPER = {
    "document-title": "Manual",
    "document-licence": "CC BY 4.0",
    "document-language": "de",
    "document-version": "2",
}


@pytest.fixture
def laser() -> Machine:
    space = SpaceFactory(slug="atelier", name="Atelier")
    made: Machine = MachineFactory(space=space, name="Speedy", slug="speedy")
    return made


@pytest.fixture
def staff(client: Client, laser: Machine) -> Client:
    client.force_login(RoleFactory(space=laser.space).member)
    return client


def send_photo(staff: Client, content: bytes, **alts: str) -> Any:
    upload = SimpleUploadedFile("photo.jpg", content)
    told = {f"photo-alt_{code}": alt for code, alt in alts.items()}
    return staff.post(SHEET, {"part": "photo", "photo-picture": upload, **told})


def order(laser: Machine) -> list[str]:
    return [photo.alt for photo in laser.photos.all()]


def test_photos_are_added_described_moved_and_taken_away(staff: Client, laser: Machine) -> None:
    assert "No photo yet" in staff.get(SHEET).text
    for alt in ("one", "two", "three"):
        answer = send_photo(staff, picture().read(), en=alt, de=f"{alt} auf Deutsch")
        assert answer["Location"] == f"{SHEET}#photos"
    assert order(laser) == ["one", "two", "three"]
    last = laser.photos.get(alt="three")
    address = f"/spaces/atelier/machines/speedy/photos/{last.pk}/"
    assert "three auf Deutsch" in staff.get(address).text
    staff.post(address, {"step": "earlier"})
    staff.post(address, {"step": "earlier"})
    staff.post(address, {"step": "earlier"})
    assert order(laser) == ["three", "one", "two"]
    staff.post(address, {"step": "later"})
    assert order(laser) == ["one", "three", "two"]
    staff.post(address, {"step": "save", "alt_fr": "le tube"})
    last.refresh_from_db()
    assert (last.alt_en, last.alt_fr) == ("", "le tube")
    assert staff.post(address, {"step": "save"}).status_code == 422
    staff.post(address, {"step": "remove"})
    assert order(laser) == ["one", "two"]
    assert [photo.position for photo in laser.photos.all()] == [0, 1]


def test_what_is_no_photo_is_told_beside_its_field_and_the_words_stay(
    staff: Client, laser: Machine
) -> None:
    answer = send_photo(staff, b"<script>", en="A laser")
    assert answer.status_code == 422
    assert "not a picture that we can read" in answer.text
    assert 'value="A laser"' in answer.text
    assert "in one language at least" in send_photo(staff, picture().read()).text
    assert not Photo.objects.exists()


def test_a_photo_is_kept_small_beside_large_and_without_its_place(
    staff: Client, laser: Machine
) -> None:
    out, tags = BytesIO(), Image.Exif()
    tags[0x010F] = "Camera at home"
    Image.new("RGB", (3000, 1500)).save(out, "JPEG", exif=tags)
    send_photo(staff, out.getvalue(), en="A laser")
    photo = laser.photos.get()
    with photo.file.open() as large, photo.small.open() as small:
        assert Image.open(large).width == 2000
        assert Image.open(small).width == 800
        large.seek(0)
        assert b"home" not in large.read()


def last_act() -> Change:
    return Change.objects.order_by("-pk")[0]


def test_what_is_done_to_photos_stands_in_the_history_and_is_taken_back(
    staff: Client, laser: Machine
) -> None:
    send_photo(staff, picture("red").read(), en="From the front")
    send_photo(staff, picture("blue").read(), en="The tube")
    front, tube = laser.photos.all()
    page = f"/spaces/atelier/machines/speedy/photos/{tube.pk}/"
    staff.post(page, {"step": "earlier"})
    staff.post(page, {"alt_en": "The laser tube"})
    staff.post(page, {"step": "remove"})
    assert Change.objects.filter(kind=ChangeKind.PHOTOS).count() == 5
    assert last_act().made_by is not None
    told = staff.get("/spaces/atelier/machines/speedy/history/").text
    assert "The laser tube, From the front" in told

    undo = f"/spaces/atelier/inventory/history/{last_act().pk}/"
    staff.post(undo)
    assert [str(each) for each in laser.photos.all()] == ["The laser tube", "From the front"]
    assert Client().get(f"/photos/{tube.pk}/small/").status_code == 200
    # Taking that back takes it away again; the first act is taken back once.
    again = f"/spaces/atelier/inventory/history/{last_act().pk}/"
    staff.post(again)
    assert [each.pk for each in laser.photos.all()] == [front.pk]
    staff.post(undo)
    assert [each.pk for each in laser.photos.all()] == [front.pk]


def test_photos_that_changed_since_stay(staff: Client, laser: Machine) -> None:
    send_photo(staff, picture("red").read(), en="From the front")
    added = last_act()
    send_photo(staff, picture("blue").read(), en="The tube")
    answer = staff.post(f"/spaces/atelier/inventory/history/{added.pk}/", follow=True)
    assert "it was changed since" in answer.text
    assert laser.photos.count() == 2


def test_there_is_an_end_to_photos(staff: Client, laser: Machine) -> None:
    Photo.objects.bulk_create(
        Photo(machine=laser, position=at, file="a.jpg", small="a.jpg") for at in range(MOST_PHOTOS)
    )
    answer = send_photo(staff, picture().read(), en="One more")
    assert answer.status_code == 422
    assert "at most 12 photos" in answer.text


def send_document(staff: Client, **changes: object) -> Any:
    return staff.post(SHEET, {"part": "document", **PAPER, **changes})


def test_a_document_is_added_replaced_and_taken_away(staff: Client, laser: Machine) -> None:
    upload = SimpleUploadedFile("Manual.pdf", PDF)
    answer = send_document(staff, **{"document-file": upload, "document-is_restricted": "on"})
    assert answer["Location"] == f"{SHEET}#documents"
    first = laser.documents.get()
    assert (first.title, first.language, first.version, first.is_restricted) == (
        "Manual", "de", "2", True,
    )  # fmt: skip
    assert first.added_by is not None
    address = f"/spaces/atelier/machines/speedy/documents/{first.pk}/"
    same = {"title": "Manual of the laser", "licence": "CC BY 4.0", "version": "2"}
    staff.post(address, {"step": "save", **same})
    first.refresh_from_db()
    assert (first.title, first.is_restricted, first.ended_at) == (
        "Manual of the laser", False, None,
    )  # fmt: skip
    newer = {**same, "version": "3", "url": "https://example.org/m.pdf"}
    answer = staff.post(address, {"step": "save", **newer})
    second = laser.documents.current().get()
    assert (second.version, second.replaces_id, second.file.name) == ("3", first.pk, "")
    assert str(second.pk) in answer["Location"]
    page = staff.get(answer["Location"]).text
    assert f"/documents/{first.pk}/" in page
    assert "A newer version has replaced this one" in staff.get(address).text
    answer = staff.post(answer["Location"], {"step": "remove"})
    assert answer["Location"] == SHEET
    assert not laser.documents.current().exists()
    assert "Taken away" in staff.get(SHEET).text
    assert Document.objects.count() == 2


def test_a_document_that_was_replaced_meanwhile_is_left_alone(
    staff: Client, laser: Machine
) -> None:
    send_document(staff, **{"document-url": "https://example.org/m"})
    document = laser.documents.get()
    end_document(document=document, now=document.added_at)
    address = f"/spaces/atelier/machines/speedy/documents/{document.pk}/"
    answer = staff.post(
        address, {"step": "save", "title": "T", "licence": "L", "url": document.url}, follow=True
    )
    assert "in the meantime" in answer.text
    paper = Paper(title="T", licence="L")
    by = document.added_by
    with pytest.raises(DocumentEnded):
        change_document(document=document, paper=paper)
    with pytest.raises(DocumentEnded):
        replace_document(
            document=document,
            paper=paper,
            content=Content(url="https://example.org"),
            by=by,
            now=document.added_at,
        )


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "Choose a file, or give a link."),
        (
            {
                "document-file": SimpleUploadedFile("a.pdf", PDF),
                "document-url": "https://example.org",
            },
            "Give a file or a link, not both.",
        ),
        ({"document-file": SimpleUploadedFile("a.pdf", b"MZ")}, "not what its name ends in"),
        ({"document-file": SimpleUploadedFile("a.exe", b"MZ")}, "Files of this kind"),
        ({"document-url": "https://example.org", "document-licence": ""}, "required"),
        ({"document-url": "javascript:alert(1)"}, "valid URL"),
    ],
)
def test_what_is_wrong_with_a_document_is_told(
    staff: Client, laser: Machine, changes: dict[str, object], told: str
) -> None:
    answer = send_document(staff, **changes)
    assert answer.status_code == 422
    assert told in answer.text
    assert 'value="Manual"' in answer.text
    assert not Document.objects.exists()


def lines(*rows: tuple[str, str, str]) -> dict[str, str]:
    told = {"lines-TOTAL_FORMS": str(len(rows)), "lines-INITIAL_FORMS": "0"}
    for at, row in enumerate(rows):
        told |= {f"lines-{at}-{name}": text for name, text in zip(
            ("name", "value", "unit"), row, strict=True)}  # fmt: skip
    return told


def test_specs_are_written_and_told_as_they_were_understood(staff: Client, laser: Machine) -> None:
    rows = lines(("Laser power", "0.08", "kW"), ("", "", ""), ("Software", "RDWorks", ""))
    answer = staff.post(
        SHEET, {"part": "specs", "work_area": "60 × 40 cm", "materials": "", **rows}
    )
    assert answer["Location"] == f"{SHEET}#specs"
    assert [str(spec) for spec in laser.specs.all()] == [
        "Laser power: 0.08 kW",
        "Software: RDWorks",
    ]
    page = staff.get(SHEET).text
    assert "laser power: 80\xa0W" in page
    assert "work area: 600 × 400\xa0mm" in page
    assert "0.08 kW" in staff.get("/machines/atelier/speedy/").text
    change = Change.objects.get()
    assert change.made_by is not None
    assert change.lines.get().values["details"]


def test_a_value_needs_a_name(staff: Client, laser: Machine) -> None:
    answer = staff.post(SHEET, {"part": "specs", **lines(("", "80", "W"))})
    assert answer.status_code == 422
    assert "What is it?" in answer.text
    assert not laser.specs.exists()
    assert staff.post(SHEET, {"part": "nonsense"}).status_code == 422


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_as_many_queries_whatever_is_on_it(
    staff: Client, laser: Machine, count: int, django_assert_max_num_queries
) -> None:
    for at in range(count):
        add_photo(machine=laser, picture=picture(), alts={"en": str(at)})
        send_document(staff, **{"document-url": f"https://example.org/{at}"})
    with django_assert_max_num_queries(16):
        staff.get(SHEET)


def test_what_hangs_on_another_machine_is_not_reached_through_this_one(
    staff: Client, laser: Machine
) -> None:
    other = MachineFactory(space=laser.space)
    photo = add_photo(machine=other, picture=picture(), alts={"en": "It"})
    theirs = Document.objects.create(
        machine=MachineFactory(), title="Theirs", licence="CC0-1.0", url="https://example.org"
    )
    for address in (f"photos/{photo.pk}/", f"documents/{theirs.pk}/"):
        found = f"/spaces/atelier/machines/speedy/{address}"
        assert staff.get(found).status_code == 404
        assert staff.post(found, {"step": "remove"}).status_code == 404
