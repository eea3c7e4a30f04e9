"""The commands that import an inventory and that try all of a folder."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from machines.models import Machine
from spaces.models import Space
from tests.factories.spaces import SpaceFactory
from tests.machines.followed.files import CANCELLED, MOVED, WEEKLY, calendar, event

pytestmark = pytest.mark.django_db

CONTENT = "Name;Room\nLaser;A\nVelo;B\n"


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def file(folder: Path, content: str | bytes = CONTENT, name: str = "list.csv") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_rejected_row_stops_the_import_and_is_told(tmp_path: Path) -> None:
    SpaceFactory(slug="lab")
    out = StringIO()
    with pytest.raises(CommandError, match="--good-rows"):
        call_command("import_inventory", str(file(tmp_path)), "--space", "lab", stdout=out)
    assert "rejected, line 3, Name: This looks like a bicycle" in out.getvalue()
    assert not Machine.objects.exists()


def test_good_rows_and_kept_lines(tmp_path: Path) -> None:
    SpaceFactory(slug="lab")
    path = str(file(tmp_path))
    assert "Imported." in run("import_inventory", path, "--space", "lab", "--good-rows")
    assert Machine.objects.count() == 1
    assert "1 new" in run("import_inventory", path, "--space", "lab", "--keep", "3")
    assert Machine.objects.count() == 2


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path: Path) -> None:
    SpaceFactory(slug="lab")
    path = str(file(tmp_path))
    dry = run("import_inventory", path, "--space", "lab", "--dry-run")
    assert not Machine.objects.exists()
    real = run("import_inventory", path, "--space", "lab", "--good-rows")
    assert dry.replace("Nothing written.", "Imported.") == real


def test_a_mapping_on_the_command_line_is_kept(tmp_path: Path) -> None:
    SpaceFactory(slug="lab")
    path = str(file(tmp_path, "Wer;Was\nAnna;Laser\nBea;Saw\n"))
    run("import_inventory", path, "--space", "lab", "--map", "Was=name", "--map", "Wer=make")
    assert {(each.name, each.make) for each in Machine.objects.all()} == {
        ("Laser", "Anna"),
        ("Saw", "Bea"),
    }
    with pytest.raises(CommandError, match="no such header"):
        run("import_inventory", path, "--space", "lab", "--map", "Wo=room")


def test_what_cannot_be_read_is_an_error_in_one_line(tmp_path: Path) -> None:
    SpaceFactory(slug="lab")
    with pytest.raises(CommandError, match="empty"):
        run("import_inventory", str(file(tmp_path, b"")), "--space", "lab")
    with pytest.raises(CommandError, match="No such file"):
        run("import_inventory", str(tmp_path / "none.csv"), "--space", "lab")
    with pytest.raises(CommandError, match="no space"):
        run("import_inventory", str(file(tmp_path)), "--space", "nowhere")


def test_a_folder_of_real_files_leaves_no_trace(tmp_path: Path) -> None:
    SpaceFactory(slug="lab")
    file(tmp_path / "inventories", name="a.csv")
    file(tmp_path / "inventories", "id,name\n1,Mini 1\n2,Mini 2\n", name="b.csv")
    file(tmp_path / "expected", "source_file,source_row,is_machine\na.csv,2,yes\na.csv,3,no\n",
         name="inventories.csv")  # fmt: skip
    out = run("check_real_data", str(tmp_path))
    assert "a.csv: 2 rows in, 1 machines, 0 pools, 1 rejected" in out
    assert "b.csv: 2 rows in, 2 machines, 1 pools, 0 rejected" in out
    assert out.splitlines()[-1] == "2 passed, 0 failed"
    assert not Machine.objects.exists()
    assert Space.objects.count() == 1


def test_a_folder_with_failures_ends_with_their_number(tmp_path: Path) -> None:
    file(tmp_path / "inventories", name="a.csv")
    file(tmp_path / "inventories", b"<html>", name="b.csv")
    file(tmp_path / "expected", "source_file,source_row,is_machine\na.csv,3,yes\na.csv,9,yes\n",
         name="inventories.csv")  # fmt: skip
    out = StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("check_real_data", str(tmp_path), stdout=out)
    assert left.value.code == 1
    assert "line 3 is a machine and was rejected" in out.getvalue()
    assert "line 9 is a machine and was not read" in out.getvalue()
    assert "b.csv: unreadable" in out.getvalue()
    assert out.getvalue().splitlines()[-1] == "0 passed, 2 failed"


def test_calendars_of_a_folder_are_followed_twice_and_told(tmp_path: Path) -> None:
    broken = event("", "", uid="b", summary="Exam")
    file(tmp_path / "ics", calendar(WEEKLY, MOVED, CANCELLED, broken), name="a.ics")
    file(tmp_path / "ics", b"<html>", name="b.ics")
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("check_real_data", str(tmp_path), stdout=out)
    told = out.getvalue()
    assert "a.ics: 4 events in, 56 closures made, 0 dates left aside as free" in told
    assert "closed 2026-10-22 19:00 CEST – 2026-10-22 20:00 CEST: Course" in told
    assert "not read, “Exam”: It has no start." in told
    assert "b.ics: unreadable" in told
    assert told.splitlines()[-1] == "1 passed, 1 failed"
    assert not Space.objects.exists()


def test_a_folder_with_nothing_in_it_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="neither inventories nor ics"):
        run("check_real_data", str(tmp_path))
