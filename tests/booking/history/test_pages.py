"""Staff bring the past on a page: upload, look, say how it is read, import, take back."""

import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now
from openpyxl import Workbook

from booking.models import HistoryImport, ImportedRow, Reservation, UsageSession
from booking.services.bringing import import_waiting
from machines.models import ColumnMapping, ImportDraft, Machine
from members.models import Member
from spaces.models import Space
from tests.booking.history.exports import machine, reservation
from tests.factories.machines import MachineFactory
from tests.factories.members import RoleFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

LOG = (
    "machine;date;from;to;user\n"
    "Saw;4.3.2025;9:00;11:30;12\nMill;5.3.2025;9:00;10:00;12\nSaw;6.3.2025;9:00;9:00;12\n"
)
FIELDS = {"column-0": "machine", "column-1": "date", "column-2": "start", "column-3": "end",
          "column-4": "person", "kind": "use", "order": "day", "unknown": ""}  # fmt: skip


@pytest.fixture
def space() -> Space:
    return SpaceFactory(slug="lab")


@pytest.fixture
def staff(space: Space) -> Member:
    return RoleFactory(space=space).member


@pytest.fixture
def saw(space: Space) -> Machine:
    return MachineFactory(space=space, name="Saw")


@pytest.fixture
def desk(client: Client, staff: Member) -> Client:
    client.force_login(staff)
    return client


def address(name: str = "history_import", *args: Any) -> str:
    return reverse(f"booking:{name}", args=["lab", *args])


def upload(client: Client, *files: tuple[str, bytes], instance: str = "") -> Any:
    files = files or (("log.csv", LOG.encode()),)
    brought = [SimpleUploadedFile(*file) for file in files]
    return client.post(address(), {"file": brought, "instance": instance})


def work() -> None:
    """What a worker does within seconds."""
    import_waiting(clock=now)


def test_upload_map_import_and_take_back(desk: Client, space: Space, saw: Machine) -> None:
    draft = upload(desk)["Location"]
    shown = desk.get(draft).content.decode()
    assert "No machine has this name" in shown
    assert "What becomes of every row (CSV)" in shown
    assert "The end does not lie after the start." in shown
    answer = desk.post(draft, FIELDS | {"machine-0": "new", "kind": "booking", "step": "import"})
    assert answer["Location"] == draft
    assert "The reading has changed" in desk.get(draft).content.decode()
    desk.post(draft, FIELDS | {"machine-0": "new", "kind": "booking", "step": "import"})
    assert "The import begins in a moment" in desk.get(draft).content.decode()
    work()
    assert "Nothing was imported" in desk.get(draft).content.decode()
    assert not Reservation.objects.exists()
    desk.post(draft, FIELDS | {"machine-0": "new", "kind": "booking", "step": "good"})
    work()
    shown = desk.get(draft).content.decode()
    assert "Imported: 2 new, 0 here already, 0 left out, 1 rejected." in shown
    assert "The end does not lie after the start." in shown
    shown = desk.get(address()).content.decode()
    assert "2 rows imported" in shown
    assert f'href="{draft}"' in shown
    assert Reservation.objects.count() == 2
    assert not bytes(ImportDraft.objects.get().content)
    assert ColumnMapping.objects.get().columns["kind"] == "booking"
    history = HistoryImport.objects.get()
    answer = desk.post(address("history_undo", history.pk))
    assert answer["Location"] == f"{address()}#imports"
    shown = desk.get(address()).content.decode()
    assert "being taken back" in shown
    assert address("history_undo", history.pk) not in shown
    desk.post(address("history_undo", history.pk))
    assert "taken back already, or is being taken back" in desk.get(address()).content.decode()
    work()
    assert "Taken back: 2 rows are gone." in desk.get(address()).content.decode()
    assert not Reservation.objects.exists()


def test_tables_of_a_workbook_that_are_not_read_are_named(desk: Client, saw: Machine) -> None:
    book = Workbook()
    sheets = [book.active, book.create_sheet("<March>")]
    for sheet in sheets:
        sheet.append(["Machine", "Start", "End"])
        sheet.append(["Saw", "2025-03-04 9:00", "10:00"])
    out = io.BytesIO()
    book.save(out)
    shown = desk.get(upload(desk, ("log.xlsx", out.getvalue()))["Location"]).content.decode()
    assert "Bring the others as files of their own: &lt;March&gt;." in shown
    inventory = reverse("billing:inventory_import", args=["lab"])
    file = SimpleUploadedFile("list.xlsx", out.getvalue())
    draft = desk.post(inventory, {"file": file})["Location"]
    assert "files of their own: &lt;March&gt;." in desk.get(draft).content.decode()


def test_the_mapping_is_kept_for_the_next_file(desk: Client, saw: Machine) -> None:
    first = upload(desk)["Location"]
    desk.post(first, FIELDS | {"machine-0": str(saw.pk), "step": "look"})
    again = upload(desk, ("other.csv", LOG.encode()))["Location"]
    desk.post(again, FIELDS | {"machine-0": str(saw.pk), "step": "good"})
    work()
    assert UsageSession.objects.filter(machine=saw).count() == 2


def test_every_row_is_told_in_a_file(desk: Client, saw: Machine) -> None:
    draft = upload(desk, ("log.csv", (LOG + "=1+1;7.3.2025;9:00;10:00;1\n").encode()))["Location"]
    response = desk.get(address("history_rows") + draft[draft.index("?") :])
    lines = b"".join(response).decode("utf-8-sig").splitlines()  # type: ignore[call-overload]
    assert lines[1] == "2,new,,Saw,use of a machine,2025-03-04 09:00:00,2025-03-04 11:30:00"
    assert lines[2].startswith("3,rejected,No machine has this name. Say which it is.,Mill,")
    assert lines[3].startswith("4,rejected,The end does not lie after the start.,Saw")
    assert "'=1+1" in lines[4]


def test_what_brings_nothing_is_not_offered_to_be_imported(desk: Client, saw: Machine) -> None:
    file = ("log.csv", LOG.splitlines(keepends=True)[0].encode())
    shown = desk.get(upload(desk, file)["Location"]).content.decode()
    assert "there is nothing to import" in shown
    assert 'value="import"' not in shown


def test_where_every_row_is_rejected_the_columns_stand_open(desk: Client, saw: Machine) -> None:
    shown = desk.get(upload(desk, ("log.csv", b"a,b\n1,2\n"))["Location"]).content.decode()
    assert "No row can be taken yet" in shown
    assert '<details class="card" open>' in shown


def test_a_column_is_read_once(desk: Client, saw: Machine) -> None:
    draft = upload(desk)["Location"]
    refused = desk.post(draft, FIELDS | {"column-4": "start", "step": "good"})
    assert refused.status_code == 422
    assert "is read as this already" in refused.content.decode()


def test_files_of_a_fab_manager_come_together(desk: Client, space: Space) -> None:
    files = {"machines": [machine(1, "Laser")], "reservations": [reservation(1)]}
    raw = [(f"{name}.json", json.dumps({name: rows}).encode()) for name, rows in files.items()]
    refused = upload(desk, *raw)
    assert "Say which fab-manager these files are of." in refused.content.decode()
    draft = upload(desk, *raw, instance="https://Fab.example.org/")["Location"]
    assert "1 machine, 1 new" in desk.get(draft).content.decode()
    desk.post(draft, {"unknown": "", "step": "import"})
    work()
    assert Reservation.objects.get().machine.name == "Laser"
    # The next time it stands there already, and that it is one of several is told.
    shown = desk.get(address()).content.decode()
    assert 'value="fab.example.org"' in shown
    assert "Files of fab.example.org were brought here already" in shown


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ([("log.csv", b"")], "The file is empty."),
        ([("log.csv", b"\x89PNG\r\n")], "This is a picture. Choose a CSV or XLSX file."),
        ([("log.json", b"{}")], "Say which fab-manager"),
        ([("a.csv", LOG.encode()), ("b.csv", LOG.encode())], "Bring one table at a time."),
        ([(f"{at}.json", b"{}") for at in range(11)], "At most 10 files at once."),
    ],
)
def test_what_cannot_be_read_is_said(
    desk: Client, files: list[tuple[str, bytes]], message: str
) -> None:
    refused = upload(desk, *files)
    assert refused.status_code == 422
    assert message in refused.content.decode()


def test_a_draft_that_can_no_longer_be_read_says_so(desk: Client, saw: Machine) -> None:
    draft = upload(desk)["Location"]
    ImportDraft.objects.update(content=b"")
    answer = desk.post(draft, FIELDS | {"step": "good"})
    assert answer.status_code == 422
    assert "The file is empty." in answer.content.decode()
    file = desk.get(address("history_rows") + draft[draft.index("?") :])
    assert file["Location"] == address()
    assert "The file is empty." in desk.get(address()).content.decode()


def test_a_table_that_breaks_off_says_so(
    desk: Client, saw: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = upload(desk)["Location"]
    monkeypatch.setattr("booking.history.logs.MAX_ROWS", 1)
    assert desk.post(draft, FIELDS | {"step": "good"}).status_code == 422
    file = desk.get(address("history_rows") + draft[draft.index("?") :])
    lines = b"".join(file).decode().splitlines()  # type: ignore[call-overload]
    assert lines[-1] == "More than 1 rows. Split the file."


@pytest.mark.parametrize("number", ["9" * 30, "x", "²"])
def test_numbers_that_nothing_has(desk: Client, number: str) -> None:
    assert desk.get(address(), {"draft": number}).status_code == 404
    assert desk.get(address("missed_use"), {"entry": number}).status_code == 200


def test_drafts_of_inventories_are_none_of_the_past(desk: Client, space: Space) -> None:
    draft = upload(desk)["Location"].rpartition("=")[2]
    inventory = reverse("billing:inventory_import", args=["lab"])
    assert desk.get(f"{inventory}?draft={draft}").status_code == 404


def test_the_upload_asks_no_more_for_many_imports(desk: Client, space: Space) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            desk.get(address())
        return len(seen)

    HistoryImport.objects.create(space=space, filename="a", counts={"new": 1})
    few = queries()
    for name in "bcd":
        HistoryImport.objects.create(space=space, filename=name, counts={"new": 1})
    assert queries() == few
    assert not ImportedRow.objects.exists()
