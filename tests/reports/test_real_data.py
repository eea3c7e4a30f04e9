"""Real files go through the importers, twice, leave no trace, and are compared."""

import contextlib
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from booking.models import Reservation
from machines.models import Machine
from spaces.models import Space
from tests.booking.history.exports import machine, reservation, slot, user
from tests.factories.spaces import SpaceFactory
from tests.machines.followed.files import CANCELLED, MOVED, WEEKLY, calendar, event

pytestmark = pytest.mark.django_db

CONTENT = "Name;Room\nLaser;A\nVelo;B\n"
LOG = """\
machine,start,end,user,kind
Saw 1,2025-10-26T01:00:00+02:00,2025-10-26T04:00:00+01:00,1,booking
Saw 1,2025-11-30T23:00:00+01:00,2025-12-01T01:20:00+01:00,2,booking
Saw 1,2025-12-02T07:00:00+01:00,2025-12-02T10:00:00+01:00,,maintenance
"""
EXPECTED: dict[str, Any] = {
    "note": "computed by hand",
    "rows": 3,
    "first": "2025-10-26T01:00:00+02:00",
    "last": "2025-12-02T10:00:00+01:00",
    "distinct_users": 2,
    "count": {"Saw 1 / booking": 2, "Saw 1 / maintenance": 1},
    "hours": {"Saw 1 / booking": 6.333, "Saw 1 / maintenance": 3.0},
    "hours_merged_per_resource_incl_maintenance": {"Saw 1": 9.333},
    "hours_per_month": {
        "Saw 1 / booking / 2025-10": 4.0,
        "Saw 1 / booking / 2025-11": 1.0,
        "Saw 1 / booking / 2025-12": 1.333,
        "Saw 1 / maintenance / 2025-12": 3.0,
    },
    "starts_per_hour_of_day_bookings_only": {"1": 1, "23": 1},
}


def file(folder: Path, content: str | bytes = CONTENT, name: str = "list.csv") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def told_of(folder: Path) -> str:
    """What is said of a folder, failures included."""
    out = StringIO()
    with contextlib.suppress(SystemExit):
        call_command("check_real_data", str(folder), stdout=out)
    return out.getvalue()


def test_a_folder_of_real_files_leaves_no_trace(tmp_path: Path) -> None:
    SpaceFactory(slug="lab")
    file(tmp_path / "inventories", name="a.csv")
    file(tmp_path / "inventories", "id,name\n1,Mini 1\n2,Mini 2\n", name="b.csv")
    file(tmp_path / "expected", "source_file,source_row,is_machine\na.csv,2,yes\na.csv,3,no\n",
         name="inventories.csv")  # fmt: skip
    out = told_of(tmp_path)
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
    with pytest.raises(CommandError, match="no folder of files"):
        call_command("check_real_data", str(tmp_path))


def test_logs_are_brought_and_compared_with_what_is_known(tmp_path: Path) -> None:
    file(tmp_path / "usage", LOG, "saws_2025.csv")
    file(tmp_path / "usage", LOG.replace("Saw 1", "1"), "saws_2025_short.csv")
    file(tmp_path / "usage", json.dumps(EXPECTED), "saws_EXPECTED.json")
    file(tmp_path / "usage", "machine,start,end\nSaw,4.3.2025 9:00,4.3.2025 8:00\nSaw,4.3.2025,\n")
    out = told_of(tmp_path)
    assert "saws_2025.csv: 3 rows in, 3 new, 0 known, 0 left_out, 0 rejected" in out
    assert "compared with 15 figures" in out
    assert "rejected, line 2, end: The end does not lie after the start." in out
    assert out.splitlines()[-1] == "3 passed, 0 failed"
    assert not Reservation.objects.exists()


def test_a_figure_that_differs_is_a_failure(tmp_path: Path) -> None:
    wrong = EXPECTED | {"hours": {"Saw 1 / booking": 7.0, "Saw 1 / maintenance": 3.0}}
    del wrong["rows"]
    file(tmp_path / "usage", LOG, "saws_2025.csv")
    file(tmp_path / "usage", json.dumps(wrong), "saws_EXPECTED.json")
    out = told_of(tmp_path)
    assert "FAILED: hours: Saw 1 / booking: 7.0 expected, 6.333 found" in out
    assert "FAILED: rows: 3 found, nothing expected" in out


def test_files_of_a_fab_manager_are_counted_slot_by_slot(tmp_path: Path) -> None:
    slots = [slot(9), slot(10), slot(11, cancelled=True), slot(12)]
    lists = {
        "machines": [machine(1, "Laser"), machine(2, "Saw", disabled=True)],
        "users": [user(5)],
        "reservations": [reservation(1, slots=slots), reservation(2, reservable_type="Event")],
        "user_trainings": [],
    }
    for name, rows in lists.items():
        file(tmp_path / "fabmanager", json.dumps({name: rows}), f"{name}.json")
    out = told_of(tmp_path)
    assert "fab-manager: 2 new, 0 known, 1 left_out, 0 rejected" in out
    assert "'seconds booked': 10800" in out
    assert out.splitlines()[-1] == "1 passed, 0 failed"
