"""The command that imports an inventory."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from machines.models import Machine
from tests.factories.spaces import SpaceFactory

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
