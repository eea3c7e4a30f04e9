"""Hours, rates and their changes as templates write them, in the active language."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from django.template import Library
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext

from reports.figures import Share
from reports.page.figures import Figure
from reports.page.tables import Heat, OverTime, PartRow
from reports.wording import (
    hours_in_words,
    number_in_words,
    percent_in_words,
    row_in_words,
    with_percent,
)

register = Library()

HEAT_STEPS = 10

register.filter("hours", hours_in_words)
register.filter("percent", percent_in_words)


@register.filter
def count(number: int) -> str:
    """A number of people or of reservations, such as 1,234."""
    return number_in_words(number, is_grouped=True)


@register.filter
def rows_of_hours(table: OverTime) -> SafeString:
    """The rows of a table over time: `{{ table|rows_of_hours }}`."""
    rows = [(label, "", row_in_words(cells)) for label, cells in table.rows]
    return _drawn("reports/_rows.jinja", rows=rows)


@register.filter
def rows_of_figures(parts: Sequence[PartRow]) -> SafeString:
    """The rows of machines or spaces: `{{ page.rows|rows_of_figures }}`."""
    write = _value_writer()
    rows = [(part.name, part.query, map(write, part.cells)) for part in parts]
    return _drawn("reports/_rows.jinja", rows=rows)


@register.filter
def rows_of_heat(heat: Heat) -> SafeString:
    """The weekdays, and how warm their hours are: `{{ heat|rows_of_heat }}`."""
    rows = [(row.short, row.name, map(warmth, row.cells)) for row in heat.rows]
    return _drawn("reports/_heat_rows.jinja", rows=rows, closed=gettext("closed"))


def warmth(share: Share) -> tuple[int, str] | None:
    """How warm a cell is, from 0 to 10, and its rate in whole percent; None without any."""
    percent = share.whole_percent
    if percent is None:
        return None
    return min(HEAT_STEPS, percent // HEAT_STEPS), number_in_words(percent)


def _drawn(template: str, **context: object) -> SafeString:
    """Rows by the hundred: Jinja2 draws them (see docs/decisions)."""
    drawn = render_to_string(template, context, using="jinja2")
    return mark_safe(drawn)  # noqa: S308 - escaped by the fragment


@register.simple_tag
def figure_value(figure: Figure) -> str:
    """A rate in percent, or hours."""
    return _value_writer()(figure)


def _value_writer() -> Callable[[Figure], str]:
    """Writes rates and hours in the active language, which hundreds of cells ask for once."""
    hours = pgettext("a number of hours", "%(number)s\u00a0h")

    def written(figure: Figure) -> str:
        if figure.share is not None:
            return percent_in_words(figure.share)
        return hours % {"number": hours_in_words(figure.seconds)}

    return written


@register.inclusion_tag("reports/_change.html")
def figure_change(figure: Figure) -> dict[str, object]:
    """How many points a rate has moved, or by how many percent hours have; nothing if unknown."""
    if figure.share is not None:
        return _change_of_rate(figure.share, figure.share_before)
    return change_of_count(figure.seconds, figure.seconds_before)


@register.inclusion_tag("reports/_change.html")
def change_of_count(now: int, before: int | None) -> dict[str, object]:
    """By how many percent an amount has moved."""
    if before is None:
        return {"direction": ""}
    moved = Decimal(0) if now == before else Share(now - before, before).percent
    if moved is None:
        return {"direction": "unknown"}
    return _change(moved, with_percent)


def _change_of_rate(now: Share, before: Share | None) -> dict[str, object]:
    if before is None:
        return {"direction": ""}
    if now.percent is None or before.percent is None:
        return {"direction": "unknown"}
    return _change(now.percent - before.percent, _with_points)


def _with_points(number: str) -> str:
    return pgettext("percentage points", "%(number)s\u00a0pts") % {"number": number}


def _change(moved: Decimal, written: Callable[[str], str]) -> dict[str, object]:
    direction = "up" if moved > 0 else "down" if moved < 0 else "same"
    return {
        "direction": direction,
        "amount": written(number_in_words(abs(moved), 1, is_grouped=True)),
    }
