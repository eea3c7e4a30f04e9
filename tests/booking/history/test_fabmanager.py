"""Files of fab-manager's Open API: slots become bookings, texts become plain."""

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from booking.history import fabmanager
from booking.history.entries import NOBODY, Who
from booking.history.fabmanager import Export, is_export, open_export, text_of, together
from machines.sheets import SheetUnreadable
from tests.booking.history.exports import entry_of, machine, reservation, slot, user

ZURICH = ZoneInfo("Europe/Zurich")


def export(**lists: Any) -> Export:
    return open_export(json.dumps(lists).encode(), zone=ZURICH)


def test_slots_become_bookings_and_cancelled_ones_part_them() -> None:
    slots = [slot(9), slot(10), slot(11, cancelled=True), slot(12)]
    rows = list(export(reservations=[reservation(7, slots=slots)]).rows())
    assert [row.entry.span.seconds for row in rows if row.entry] == [7200, 3600]
    assert {row.line for row in rows} == {1}
    assert [row.entry.key for row in rows if row.entry] == [
        "fab-manager:7:20260306T0800",
        "fab-manager:7:20260306T1100",
    ]


def test_a_cancelled_reservation_and_a_seat_are_left_out() -> None:
    rows = export(
        reservations=[
            reservation(1, slots=[slot(9, cancelled=True)]),
            reservation(2, reservable_type="Training"),
        ]
    ).rows()
    assert [row.left_out for row in rows] == [
        "It was cancelled.",
        "It keeps no machine: Training.",
    ]


def test_a_reservation_of_a_deleted_account() -> None:
    told = [reservation(1, user=None, user_id=None), reservation(2, user=None, user_id=5)]
    [first, second] = export(reservations=told).rows()
    assert entry_of(first).who == NOBODY
    assert entry_of(second).who == Who(key="fab-manager:5")


def test_a_reservation_of_another_shape_says_so() -> None:
    [row] = export(reservations=[reservation(1) | {"reserved_slots": None}]).rows()
    assert row.problem is not None


def test_machines_of_lists_and_of_reservations() -> None:
    told = export(
        machines=[machine(1, "Laser", disabled=True), machine(2, "Saw"), machine(3, "Saw"), "?"],
        reservations=[reservation(1, machine_id=9, name="Mill"), reservation(2, reservable=None)],
    )
    assert [each.name for each in told.machines()] == ["Laser", "Saw (2)", "Saw (3)", "Mill"]
    laser = told.machines()[0]
    assert laser.is_retired
    assert laser.description == "For & against\nWood"
    assert laser.details == {"Power": "25 W"}


def test_html_becomes_text() -> None:
    assert text_of("<p>Bois,&nbsp;1,5&nbsp;mm</p>\r\n<ul><li>A</li><li>B</li></ul>") == (
        "Bois, 1,5 mm\nA\nB"
    )
    assert text_of(None) == ""


def test_who_learned_what_and_when() -> None:
    lesson = {
        "id": 1,
        "training_id": 3,
        "user_id": 5,
        "created_at": "2026-02-25T23:48:23.150+00:00",
        "user": user(5),
        "training": {"id": 3, "name": "Laser"},
    }
    told = export(user_trainings=[lesson, lesson | {"user": None}], trainings=[{"name": "Saw"}])
    [learned] = told.learned()
    assert (learned.who.email, learned.training) == ("user5@example.org", "Laser")
    assert learned.day.isoformat() == "2026-02-26"
    assert told.trainings() == ["Saw", "Laser"]


def test_several_files_are_one() -> None:
    files = [json.dumps({"users": [user(1)]}).encode(), b'\xef\xbb\xbf{"machines": []}']
    assert all(map(is_export, files))
    told = open_export(together(files[:1]), zone=ZURICH)
    assert [who.name for who in told.people()] == ["Ada 1"]
    assert told.counts == {"users": 1}


def test_what_fits_as_files_fits_together(monkeypatch: pytest.MonkeyPatch) -> None:
    users = [user(at) | {"full_name": "Zoë Müller-Łuczak"} for at in range(20)]
    raw = json.dumps({"users": users}, ensure_ascii=False, separators=(",", ":")).encode()
    monkeypatch.setattr(fabmanager, "MAX_BYTES", len(raw))
    assert together([raw]) == raw
    assert len(open_export(together([raw]), zone=ZURICH).people()) == 20
    with pytest.raises(SheetUnreadable, match="larger than"):
        together([raw, raw])


def test_halves_of_characters_survive_being_put_together() -> None:
    raw = together([b'{"machines": [{"id": 1, "name": "La\\ud800ser"}]}'])
    assert [each.name for each in open_export(raw, zone=ZURICH).machines()] == ["Laser"]


def test_a_file_of_countless_empty_values_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fabmanager, "MOST_MARKS", 1000)
    with pytest.raises(SheetUnreadable, match="more than 1000 values"):
        together([json.dumps({"machines": [[]] * 600}).encode()])


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00+14:00", "2026-03-06T09:00:00", "9999-12-31T23:59:59-12:00", 1e999]
)
def test_moments_need_an_offset_and_a_year_of_ours(at: str) -> None:
    broken = [slot(9) | {"start_at": at}]
    rows = export(
        reservations=[reservation(1, slots=broken), reservation(2) | {"created_at": at}]
    ).rows()
    assert all(row.problem for row in rows)


@pytest.mark.parametrize("number", [1e999, -1, 10**15, "?"])
def test_ids_are_numbers(number: object) -> None:
    told = export(machines=[machine(1, "Laser") | {"id": number}], users=[{"id": number}])
    assert (told.machines(), told.people()) == ([], [])


def test_an_address_that_is_none_is_none() -> None:
    told = export(users=[user(1) | {"email": "nobody"}, user(2) | {"email": "a" * 255 + "@b.org"}])
    assert told.people() == [Who(key="fab-manager:1"), Who(key="fab-manager:2")]


def test_machines_are_read_once() -> None:
    told = export(machines=[machine(1, "Laser")])
    assert told.machines() is told.machines()


@pytest.mark.parametrize("content", [b'{"invoices": []}', b"{", b"[1]"])
def test_other_files_are_refused(content: bytes) -> None:
    with pytest.raises(SheetUnreadable):
        open_export(content, zone=ZURICH)
