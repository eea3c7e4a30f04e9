"""Figures that everybody may see: a hidden one says so, in words."""

from decimal import ROUND_HALF_UP, Decimal

from django.template import Library
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from reports.figures import Share, Totals
from reports.open_data.dcat import TEXTS, TITLES
from reports.wording import few_in_words, with_percent
from reports.year_words import hidden

register = Library()

register.filter("few_hidden", few_in_words)

NOTHING = "–"
TENTH = Decimal("0.1")


@register.filter
def whole_or_hidden(hours: int | None) -> str | SafeString:
    """Whole hours, or the word that says that they are hidden."""
    if hours is None:
        return format_html('<span class="hint">{}</span>', hidden())
    return number_format(hours, 0, force_grouping=True)


@register.filter
def whole_or_none(number: int | None) -> str:
    """A whole number, or a dash where there is none."""
    return NOTHING if number is None else number_format(number, 0, force_grouping=True)


@register.filter
def rate_or_none(rate: str | None) -> str:
    """A rate in percent, or a dash where there is none."""
    if rate is None:
        return NOTHING
    # Of more decimals than it shows `number_format` would cut the rest off.
    percent = (100 * Decimal(rate)).quantize(TENTH, ROUND_HALF_UP)
    return with_percent(number_format(percent, 1))


@register.filter
def seconds_of(term: str, totals: Totals) -> int:
    """The seconds of one term of some totals."""
    return totals.seconds(term)


@register.filter
def share_of(rate: str, totals: Totals) -> Share:
    """One rate of some totals."""
    return totals.share(rate)


@register.filter
def dataset_title(name: str) -> str:
    """What a file of open data holds, in short."""
    return str(TITLES[name])


@register.filter
def dataset_text(name: str) -> str:
    """What a file of open data holds, in a sentence."""
    return str(TEXTS[name])


@register.filter
def form_name(form: str) -> str:
    """What a form of files is called."""
    return {"jsonld": "JSON-LD"}.get(form, form.upper())
