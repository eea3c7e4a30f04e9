"""A board as JSON: the same lanes, items and rights as on the page."""

from typing import Any

from booking.lane_parts import Item, Lane
from booking.queries.board import Board, BoardRow


def board_as_json(board: Board) -> dict[str, Any]:
    """Machines with their days; moments are ISO 8601 with the offset of the space."""
    return {
        "space": board.space.slug,
        "timezone": board.space.timezone,
        "machines": [_machine(row) for row in board.rows],
    }


def _machine(row: BoardRow) -> dict[str, Any]:
    return {
        "id": str(row.machine.pk),
        "name": row.machine.name,
        "url": row.url,
        "days": [
            {"date": lane.axis.day, "items": [_item(item, lane) for item in lane.items]}
            for lane in row.lanes
        ],
    }


def _item(item: Item, lane: Lane) -> dict[str, Any]:
    axis = lane.axis
    told: dict[str, Any] = {
        "kind": item.kind,
        "starts_at": axis.moment(item.starts_at),
        "ends_at": axis.moment(item.ends_at),
        "name": item.name,
    }
    if item.reservation:
        told["reservation"] = str(item.reservation)
        told["purpose"] = item.detail
        told["marks"] = item.marks.split()
    return told
