"""The bridge from the pages to the Jinja2 fragments that draw lanes (see docs/decisions)."""

from collections.abc import Sequence
from datetime import datetime

from django.template import Library, engines
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from booking.lane_parts import Item, Lane
from booking.queries.board import Board

register = Library()


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
def line_of(lane: Lane, moment: datetime) -> str:
    """The classes that draw the line of the present on a lane, where it is on it."""
    second = int(moment.timestamp())
    if not lane.axis.first <= second < lane.axis.last:
        return ""
    return f" is-now s{lane.axis.line(second)}"
