"""Hours, rates and their changes as templates write them, in the active language."""

from decimal import Decimal

from django.template import Library
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reports.figures import HOUR, Share
from reports.figures import hours as hours_of

register = Library()

HEAT_STEPS = 10
WHOLE_FROM = 1000 * HOUR


@register.filter
def hours(seconds: int) -> str:
    """Seconds as hours with one decimal, such as 1,234 or 56.5."""
    decimals = 0 if seconds >= WHOLE_FROM else 1
    rounded = round(hours_of(seconds), decimals) if decimals == 0 else hours_of(seconds)
    return number_format(rounded, decimals, force_grouping=True)


@register.filter
def percent(share: Share) -> str:
    """A rate in percent with one decimal, or “n/a”."""
    if share.percent is None:
        return _("n/a")
    return pgettext("a rate", "%(number)s %%") % {"number": number_format(share.percent, 1)}


@register.filter
def heat(share: Share) -> int:
    """How warm a cell is, from 0 to 10."""
    return min(HEAT_STEPS, int((share.percent or Decimal(0)) / HEAT_STEPS))


@register.filter
def whole_percent(share: Share) -> str:
    """A rate in whole percent without its sign, for a narrow cell."""
    if share.percent is None:
        return ""
    return number_format(round(share.percent), 0)


@register.inclusion_tag("reports/_change.html")
def change_of_rate(now: Share, before: Share) -> dict[str, object]:
    """How many points a rate has moved."""
    if now.percent is None or before.percent is None:
        return {"direction": None}
    return _change(now.percent - before.percent, pgettext("percentage points", "%(number)s pts"))


@register.inclusion_tag("reports/_change.html")
def change_of_hours(now: int, before: int) -> dict[str, object]:
    """By how many percent an amount has moved."""
    moved = Decimal(0) if now == before else Share(now - before, before).percent
    if moved is None:
        return {"direction": None}
    return _change(moved, pgettext("a rate", "%(number)s %%"))


def _change(moved: Decimal, unit: str) -> dict[str, object]:
    direction = "up" if moved > 0 else "down" if moved < 0 else "same"
    return {"direction": direction, "amount": unit % {"number": number_format(abs(moved), 1)}}
