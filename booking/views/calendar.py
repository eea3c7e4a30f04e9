"""The week of one machine, as its page shows it, and what all calendars are asked."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from booking.queries.board import DAYS_OF_WEEK, Board, viewer_in, week_of, week_of_pool
from booking.states import EARLIEST_DAY, LATEST_DAY
from machines.models import Machine, Pool
from members.permissions import Visitor
from spaces.intervals import DAY, week_start

VIEWS = ("agenda", "grid")


def day_asked(text: str | None, otherwise: date) -> date:
    """The date of a query string such as 2026-10-25; `otherwise` where it is none to be shown."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return otherwise
    return day if EARLIEST_DAY <= day <= LATEST_DAY else otherwise


def view_asked(request: HttpRequest) -> str:
    """How a calendar is to be shown: as an "agenda", as a "grid", else as the screen has room."""
    asked = request.GET.get("view", "")
    return asked if asked in VIEWS else ""


def view_context(view: str) -> dict[str, object]:
    """What templates need of the view: `keep` goes on through links of the calendar."""
    return {"view": view, "keep": f"&view={view}" if view else ""}


def week_context(
    machine: Machine, monday: date, viewer: Visitor, now: datetime, *, view: str = ""
) -> dict[str, object]:
    """What `booking/_week.html` shows: a machine over the week of `monday`, for `viewer`.

    `machine.space` and `machine.category` loaded.
    """
    monday = _within_reach(monday)
    shown = view_context(view)
    seen_as = viewer_in(viewer, machine.space)
    board = week_of(machine, monday, viewer=seen_as, now=now, keep=str(shown["keep"]))
    context: dict[str, Any] = shown | _context(board, machine, monday, now)
    return context | {"hides_past": monday < context["today"] and not seen_as.is_staff}


def pool_week_context(
    pool: Pool,
    units: Sequence[Machine],
    monday: date,
    viewer: Visitor,
    now: datetime,
    *,
    view: str = "",
) -> dict[str, object]:
    """The same for a pool: how many of its `units` are free when."""
    monday = _within_reach(monday)
    shown = view_context(view)
    board = week_of_pool(
        pool,
        units,
        monday,
        viewer=viewer_in(viewer, pool.space),
        now=now,
        keep=str(shown["keep"]),
    )
    return shown | _context(board, units[0], monday, now)


def _within_reach(monday: date) -> date:
    return week_start(min(max(monday, EARLIEST_DAY), LATEST_DAY))


def _context(board: Board, machine: Machine, monday: date, now: datetime) -> dict[str, Any]:
    today = now.astimezone(machine.space.zone).date()
    return {
        "moment": now,
        "machine": machine,
        "week": board,
        "row": board.rows[0],
        "monday": monday,
        "monday_text": monday.isoformat(),
        "sunday": monday + (DAYS_OF_WEEK - 1) * DAY,
        "previous_week": monday - DAYS_OF_WEEK * DAY,
        "next_week": monday + DAYS_OF_WEEK * DAY,
        "is_this_week": monday <= today < monday + DAYS_OF_WEEK * DAY,
        "today": today,
        "move_url": reverse("booking:reservation_move", args=[0]),
    }
