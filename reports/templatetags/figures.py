"""Hours, rates and their changes as templates write them, in the active language."""

from decimal import Decimal

from django.template import Library
from django.utils.translation import pgettext

from reports.figures import Share
from reports.page.figures import Figure
from reports.wording import hours_in_words, number_in_words, percent_in_words

register = Library()

HEAT_STEPS = 10

register.filter("hours", hours_in_words)
register.filter("percent", percent_in_words)


@register.filter
def count(number: int) -> str:
    """A number of people or of reservations, such as 1,234."""
    return number_in_words(number, is_grouped=True)


@register.filter
def heat(share: Share) -> int:
    """How warm a cell is, from 0 to 10."""
    return min(HEAT_STEPS, int((share.percent or Decimal(0)) / HEAT_STEPS))


@register.filter
def whole_percent(share: Share) -> str:
    """A rate in whole percent without its sign, for a narrow cell."""
    percent = share.percent
    return "" if percent is None else number_in_words(round(percent))


@register.simple_tag
def figure_value(figure: Figure) -> str:
    """A rate in percent, or hours."""
    if figure.share is not None:
        return percent_in_words(figure.share)
    return pgettext("a number of hours", "%(number)s h") % {
        "number": hours_in_words(figure.seconds)
    }


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
    return _change(moved, pgettext("a rate", "%(number)s %%"))


def _change_of_rate(now: Share, before: Share | None) -> dict[str, object]:
    if before is None:
        return {"direction": ""}
    if now.percent is None or before.percent is None:
        return {"direction": "unknown"}
    return _change(now.percent - before.percent, pgettext("percentage points", "%(number)s pts"))


def _change(moved: Decimal, unit: str) -> dict[str, object]:
    direction = "up" if moved > 0 else "down" if moved < 0 else "same"
    return {"direction": direction, "amount": unit % {"number": number_in_words(abs(moved), 1)}}
