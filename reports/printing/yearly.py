"""The yearly report of a space on paper: what its page says, for those who fund it."""

from datetime import datetime

from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from reportlab.graphics.shapes import Drawing, Rect
from reportlab.lib.units import mm
from reportlab.platypus import Spacer

from reports.definitions import BY_ID
from reports.figures import Totals
from reports.printing.definitions import foot, meanings
from reports.printing.kit import ACCENT, WASH, Cover, Paper, beside, table_of, tiles, words
from reports.queries.yearly import AudienceTold, MonthTold, YearOfSpace
from reports.report import Reached
from reports.wording import (
    days_in_work_in_words,
    few_in_words,
    hours_in_words,
    period_in_words,
)
from reports.year_words import (
    DEFINED,
    given_rows,
    hidden,
    hour_rows,
    hours_if_shown,
    newcomers,
    use_rate_if_shown,
)

BAR, THICK = 48 * mm, 2.6 * mm


def printed_year(told: YearOfSpace, *, made_at: datetime, logo: bytes = b"") -> bytes:
    """The year as PDF in the active language; `made_at` is told on the clock of the space."""
    cover = Cover(
        title=_("Yearly report"),
        scope=told.space.name,
        period=period_in_words(told.report.filters.period),
        foot=foot(made_at, told.space.zone),
        logo=logo,
    )
    paper = Paper(cover=cover)
    _opening(paper, told)
    _tiles(paper, told)
    _hours_and_skills(paper, told)
    _by_whom(paper, told)
    _months(paper, told)
    paper.whole(
        _("Cost recovery"),
        words(_("n/a: what the space earns and spends is not kept here yet.")),
    )
    meanings(paper, [BY_ID[each] for each in DEFINED])
    return paper.drawn()


def _opening(paper: Paper, told: YearOfSpace) -> None:
    said = [
        _("Dates and hours on the clock of %(zone)s.") % {"zone": told.space.zone.key},
        _("“hidden”: fewer than five people made it, or it would tell what fewer than five did."),
    ]
    if told.report.days_in_work:
        said.append(days_in_work_in_words(told.report.days_in_work))
    paper.add(
        words(paper.cover.title, "kicker"),
        words(told.space.name, "title"),
        words(", ".join(filter(None, (told.space.city, paper.cover.period)))),
        words(" ".join(said), "soft"),
        Spacer(0, 6 * mm),
    )


def _tiles(paper: Paper, told: YearOfSpace) -> None:
    reach, before = told.report.reach, told.report.reach_before or Reached()
    totals, totals_before = told.report.totals, told.report.before or Totals({})
    paper.add(
        tiles(
            [
                (
                    _("People reached"),
                    few_in_words(reach.people),
                    _beside(few_in_words(before.people)),
                ),
                (
                    _("Companies"),
                    few_in_words(reach.companies),
                    _beside(few_in_words(before.companies)),
                ),
                (
                    _("Hours of use"),
                    hours_if_shown("used", totals, told.shown) or hidden(),
                    _beside(hours_if_shown("used", totals_before, told.shown_before)),
                ),
                (
                    pgettext("page", "Utilisation"),
                    use_rate_if_shown(totals, told.shown) or hidden(),
                    _beside(use_rate_if_shown(totals_before, told.shown_before)),
                ),
            ]
        )
    )


def _beside(figure: str | None) -> str:
    return _("%(number)s the year before") % {"number": figure} if figure else ""


def _hours_and_skills(paper: Paper, told: YearOfSpace) -> None:
    years = [str(told.year), _("Year before")]
    spent = [
        [definition.name, now or hidden(), then or hidden()]
        for definition, now, then in hour_rows(told)
    ]
    given = [[name, _number(now), _number(then)] for name, now, then in given_rows(told)]
    width = 82 * mm
    paper.section(
        _("Key figures"),
        beside(
            table_of([pgettext("figures", "Hours"), *years], spent, width=width),
            table_of([_("Skills and contributions"), *years], given, width=width),
            share=0.5,
        ),
    )


def _number(value: int | str) -> str:
    return value if isinstance(value, str) else number_format(value, 0, force_grouping=True)


def _by_whom(paper: Paper, told: YearOfSpace) -> None:
    paper.whole(
        _("By whom"),
        table_of(
            ["", _("People"), _("Used hours")],
            [_audience(each) for each in told.audiences],
            widths=(3, 1, 1),
        ),
        Spacer(0, 2 * mm),
        words(newcomers(told), "soft"),
    )


def _audience(each: AudienceTold) -> list[object]:
    return [
        capfirst(each.audience.label),
        hidden() if each.people is None else few_in_words(each.people),
        hidden() if each.used is None else hours_in_words(each.used),
    ]


def _months(paper: Paper, told: YearOfSpace) -> None:
    if not told.months:
        return
    head = [_("Month"), _("Available hours"), _("Booked hours"), _("Used hours"), _("Utilisation")]
    paper.whole(
        _("Month by month"),
        table_of(
            [*head, ""],
            [_month(each) for each in told.months],
            widths=(1.3, 1.1, 1.1, 1.1, 1.1, 2.3),
        ),
    )


def _month(each: MonthTold) -> list[object]:
    rate = use_rate_if_shown(each.totals, each.shown)
    return [
        date_format(each.month, "F"),
        *(
            hours_if_shown(term, each.totals, each.shown) or hidden()
            for term in ("available", "booked", "used")
        ),
        rate or hidden(),
        "" if rate is None else _bar(float(each.totals.share("use_rate").rate or 0)),
    ]


def _bar(part: float) -> Drawing:
    """A rate as a bar on its way to the whole."""
    drawing = Drawing(BAR, THICK + 1.6 * mm, hAlign="RIGHT")
    bottom = 1.2 * mm
    drawing.add(Rect(0, bottom, BAR, THICK, fillColor=WASH, strokeColor=None))
    drawing.add(Rect(0, bottom, BAR * min(part, 1), THICK, fillColor=ACCENT, strokeColor=None))
    return drawing
