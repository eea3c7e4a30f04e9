"""The past is brought from a shell, too."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from booking.models import Reservation, UsageSession
from machines.models import Machine
from spaces.models import Space
from tests.booking.history.exports import machine, reservation
from tests.factories.machines import MachineFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

LOG = "Was,machine,start,end\nx,Saw,2025-03-04 9:00,10:00\nx,2,2025-03-04 9:00,10:00\n"


@pytest.fixture
def space() -> Space:
    return SpaceFactory(slug="lab")


@pytest.fixture
def log(tmp_path: Path) -> str:
    path = tmp_path / "log.csv"
    path.write_text(LOG)
    return str(path)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("import_history", *arguments, stdout=out)
    return out.getvalue()


def test_a_dry_run_tells_and_writes_nothing(space: Space, log: str) -> None:
    MachineFactory(space=space, name="Saw")
    told = run(log, "--space", "lab", "--dry-run")
    assert "rejected, line 3, 2: No machine has this name." in told
    assert "1 new, 0 known, 0 left out, 1 rejected" in told
    assert not UsageSession.objects.exists()
    with pytest.raises(CommandError, match="--good-rows"):
        run(log, "--space", "lab")


def test_names_columns_and_kinds_are_told(space: Space, log: str) -> None:
    saw = MachineFactory(space=space, name="Saw", slug="saw")
    options = ["--machine", "2=saw", "--kind", "booking", "--mapping", "Was=note", "--good-rows"]
    run(log, "--space", "lab", *options)
    assert Reservation.objects.get().purpose == "x"
    assert Reservation.objects.get().machine == saw
    # How it was read is kept.
    assert "Was -> note" in run(log, "--space", "lab", "--good-rows")


def test_files_of_a_fab_manager_are_one_source(space: Space, tmp_path: Path, log: str) -> None:
    files = {"machines": [machine(1, "Laser")], "reservations": [reservation(1)]}
    paths = [tmp_path / f"{name}.json" for name in files]
    for path in paths:
        path.write_text(json.dumps({path.stem: files[path.stem]}))
    options = ["--space", "lab", "--unknown", "retired"]
    with pytest.raises(CommandError, match="--instance"):
        run(*map(str, paths), log, *options)
    told = run(*map(str, paths), log, *options, "--instance", "fab.example.org")
    assert "machines.json, reservations.json: 1 rows" in told
    assert Machine.objects.count() == 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--space", "nowhere"], "no space"),
        (["--space", "lab", "--machine", "2=none"], "no such machine"),
        (["--space", "lab", "--mapping", "Wo=note"], "no such header"),
    ],
)
def test_mistakes_are_told_in_one_line(
    space: Space, log: str, options: list[str], message: str
) -> None:
    with pytest.raises(CommandError, match=message):
        run(log, *options)


def test_a_file_that_is_not_there(space: Space) -> None:
    with pytest.raises(CommandError, match="No such file"):
        run("none.csv", "--space", "lab")
