"""Objects as the Open API of fab-manager tells them, invented."""

from typing import Any

from booking.history.entries import Entry, Row


def entry_of(row: Row) -> Entry:
    assert row.entry is not None
    return row.entry


def slot(hour: int, *, cancelled: bool = False) -> dict[str, Any]:
    return {
        "canceled_at": "2026-03-05T10:00:00.000+01:00" if cancelled else None,
        "availability_id": 1,
        "start_at": f"2026-03-06T{hour:02}:00:00.000+01:00",
        "end_at": f"2026-03-06T{hour + 1:02}:00:00.000+01:00",
    }


def user(number: int) -> dict[str, Any]:
    return {"id": number, "email": f"User{number}@example.org", "full_name": f"Ada {number}"}


def machine(number: int, name: str, *, disabled: bool | None = None) -> dict[str, Any]:
    return {
        "id": number,
        "name": name,
        "disabled": disabled,
        "description": "<p>For &amp; against</p>\r\n<ul><li>Wood</li></ul>",
        "spec": "Power : 25 W\r\nNothing named",
    }


def reservation(
    number: int, *, machine_id: int = 1, name: str = "Laser", **changes: Any
) -> dict[str, Any]:
    slots = changes.pop("slots", [slot(9)])
    told = {
        "id": number,
        "reservable_id": machine_id,
        "reservable_type": "Machine",
        "created_at": "2026-03-01T10:00:00.000+01:00",
        "user_id": 5,
        "user": user(5),
        "reservable": {"id": machine_id, "name": name, "disabled": None},
        "reserved_slots": slots,
    }
    told |= changes
    # What is None is not there, except for who it was.
    return {key: each for key, each in told.items() if each is not None or key == "user_id"}
