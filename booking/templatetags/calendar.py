"""The bridge from the pages to the Jinja2 fragments that draw lanes (see docs/decisions)."""

from collections.abc import Sequence
from datetime import datetime

from django.template import Library, engines
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from booking.lane_parts import Item, ItemKind, Lane
from booking.queries.board import Board

register = Library()

QUIET = {ItemKind.CLOSED, ItemKind.PAST, ItemKind.BUFFER}
"""What a list leaves out."""


@register.filter
def drawn(items: Sequence[Item]) -> SafeString:
    """The items of a lane as list items: `{{ lane.items|drawn }}`."""
    lane = engines["jinja2"].env.get_template("booking/_lane.jinja")  # type: ignore[attr-defined]
    return mark_safe(str(lane.module.lane(items)))  # noqa: S308 - escaped by the fragment


@register.filter
def rows(board: Board) -> SafeString:
    """The machines of a board as groups of table rows: `{{ board|rows }}`."""
    name = "booking/_rows.jinja" if board.days == 1 else "booking/_week_rows.jinja"
    drawn_rows = render_to_string(name, {"board": board}, using="jinja2")
    return mark_safe(drawn_rows)  # noqa: S308 - escaped by the fragment


@register.filter
def agenda(board: Board) -> SafeString:
    """A week of machines as lists by day: `{{ board|agenda }}`."""
    today = [axis.day == board.now.astimezone(axis.zone).date() for axis in board.axes]
    opened = today.index(True) if any(today) else 0
    days = [_day_of(board, position, is_open=position == opened) for position in range(board.days)]
    listed = render_to_string("booking/_agenda.jinja", {"days": days}, using="jinja2")
    return mark_safe(listed)  # noqa: S308 - escaped by the fragment


def _day_of(board: Board, position: int, *, is_open: bool) -> dict[str, object]:
    """One day: its name, and the machines on which something is free or reserved."""
    axis = board.axes[position]
    lists = [(row, row.lanes[position].items) for row in board.rows]
    reserved = sum(1 for _row, items in lists for item in items if item.reservation)
    return {
        "day": axis.day,
        "name": date_format(axis.day, gettext("l j F")),
        "count": ngettext("%(count)d reservation", "%(count)d reservations", reserved)
        % {"count": reserved},
        "is_open": is_open,
        "machines": [
            (row, items) for row, items in lists if any(item.kind not in QUIET for item in items)
        ],
    }


@register.filter
def line_of(lane: Lane, moment: datetime) -> str:
    """The classes that draw the line of the present on a lane, where it is on it."""
    second = int(moment.timestamp())
    if not lane.axis.first <= second < lane.axis.last:
        return ""
    return f" is-now s{lane.axis.line(second)}"
