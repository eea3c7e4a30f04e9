"""A report on paper: key figures, each chart beside its table, and what every figure means."""

from collections.abc import Sequence
from datetime import datetime
from math import ceil
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, Spacer

from reports.answers import Answer
from reports.charts import CHARTS
from reports.definitions import BY_ID
from reports.drawing import THEMES, WIDTHS
from reports.figures import Share, Totals
from reports.page.tables import COLUMNS_OF_COMPANY, Heat
from reports.page.utilisation import LARGE, LARGE_OF_COMPANY, SMALL_OF_COMPANY
from reports.printing.definitions import foot, meanings
from reports.printing.kit import Cover, Paper, beside, heat_of, table_of, tiles, words
from reports.report import Report
from reports.wording import (
    days_in_work_in_words,
    hours_in_words,
    percent_in_words,
    period_in_words,
    stage_in_words,
    stretch_in_words,
)

HOURS = (
    "opening_h",
    "available_h",
    "booked_h",
    "used_h",
    "walk_in_h",
    "used_outside_h",
    "used_assumed_h",
    "working_h",
    "no_show_h",
    "released_h",
    "late_cancelled_h",
    "maintenance_h",
    "down_h",
)
RATES = (
    "use_rate",
    "booked_rate",
    "booking_efficiency",
    "no_show_rate_count",
    "no_show_rate_hours",
    "use_rate_gross",
    "walk_in_share",
    "uptime",
)
HOURS_OF_COMPANY = (*SMALL_OF_COMPANY, "used_assumed_h")
RATES_OF_COMPANY = ("booking_efficiency", "no_show_rate_count", "no_show_rate_hours")
"""A company has no opening hours, so nothing is divided by them."""

OF_PARTS = ("use_rate", "booked_rate", "used_h", "booked_h", "available_h", "no_show_rate_hours")
WIDTHS_OF_PARTS = (2.2, 1, 1, 1, 1, 1, 1.25)
OF_STRETCHES = ("use_rate", "used_h", "booked_h")
STRETCHES_OF_COMPANY = ("used_h", "booked_h")
MOST_BESIDE = 32
"""Rows of a table over time that stand in two halves; a longer one goes on below them."""

HALF = 82 * mm
LEAST_OF_TABLE = 45 * mm


def printed_report(
    report: Report, *, answers: Sequence[Answer], made_at: datetime, logo: bytes = b""
) -> bytes:
    """The report as PDF in the active language; `made_at` is told on the clock of its scope."""
    filters = report.filters
    cover = Cover(
        title=pgettext("page", "Utilisation"),
        scope=filters.scope.full_name,
        period=period_in_words(filters.period),
        foot=foot(made_at, filters.scope.zone),
        logo=logo,
    )
    paper = Paper(cover=cover)
    _opening(paper, report, made_at)
    _tiles(paper, report)
    _answers(paper, answers)
    _key_figures(paper, report)
    if not _is_of_company(report):
        _week(paper, report)
    _parts(paper, report)
    _over_time(paper, report)
    if not _is_of_company(report):
        _demand(paper, report)
    _people(paper, report)
    meanings(paper, BY_ID.values())
    return paper.drawn()


def _is_of_company(report: Report) -> bool:
    return report.filters.scope.company is not None


def _opening(paper: Paper, report: Report, made_at: datetime) -> None:
    filters, cover = report.filters, paper.cover
    paper.add(
        words(cover.title, "kicker"),
        words(cover.scope, "title"),
        words(cover.period, "body"),
    )
    told = [
        _("Dates and hours on the clock of each space.")
        if filters.scope.is_of_many_spaces
        else _("Dates and hours on the clock of %(zone)s.") % {"zone": filters.scope.zone.key}
    ]
    if filters.before is not None:
        told.append(_("Compared with %(period)s.") % {"period": period_in_words(filters.before)})
    assumed = report.totals.assumed_share
    if not filters.with_assumed:
        told.append(_("Use that is only assumed from bookings is left out, but of saturation."))
    elif assumed.numerator:
        told.append(
            _("%(share)s of the used hours are assumed from bookings.")
            % {"share": percent_in_words(assumed)}
        )
    if stage := stage_in_words(filters, now=made_at):
        told.append(stage)
    if report.days_in_work:
        told.append(days_in_work_in_words(report.days_in_work))
    paper.add(words(" ".join(told), "soft"), Spacer(0, 6 * mm))


def _answers(paper: Paper, answers: Sequence[Answer]) -> None:
    told = [
        part
        for answer in answers
        for part in (words(answer.question, "strong"), words(" ".join(answer.sentences), "told"))
    ]
    paper.section(pgettext("figures", "In words"), *told)


def _tiles(paper: Paper, report: Report) -> None:
    large = LARGE_OF_COMPANY if _is_of_company(report) else LARGE
    paper.add(tiles([_tile(metric, report.totals, report.before) for metric in large]))


def _key_figures(paper: Paper, report: Report) -> None:
    totals, before = report.totals, report.before
    is_of_company = _is_of_company(report)
    of_hours = HOURS_OF_COMPANY if is_of_company else HOURS
    of_rates = RATES_OF_COMPANY if is_of_company else RATES
    first = _("Figure") if is_of_company else _("Hours of all machines")
    head = [first, pgettext("figures", "Hours")]
    rates = [_("Rate"), pgettext("figures", "Value")]
    if before is not None:
        head, rates = [*head, _("Before")], [*rates, _("Before")]
    paper.section(
        _("Key figures"),
        beside(
            table_of(head, [_line(metric, totals, before) for metric in of_hours], width=HALF),
            table_of(rates, [_line(metric, totals, before) for metric in of_rates], width=HALF),
            share=0.5,
        ),
    )


def _tile(metric: str, totals: Totals, before: Totals | None) -> tuple[str, str, str]:
    told = value_of(metric, totals)
    if metric.endswith("_h"):
        told = f"{told} h"
    was = "" if before is None else _("before: %(value)s") % {"value": value_of(metric, before)}
    return str(BY_ID[metric].name), told, was


def _line(metric: str, totals: Totals, before: Totals | None) -> list[object]:
    line: list[object] = [BY_ID[metric].name, value_of(metric, totals)]
    return line if before is None else [*line, value_of(metric, before)]


def value_of(metric: str, totals: Totals) -> str:
    """A figure as people read it: hours with one decimal, rates in percent."""
    if metric.endswith("_h"):
        return hours_in_words(totals.seconds(BY_ID[metric].column))
    return percent_in_words(totals.share(metric))


def _over_time(paper: Paper, report: Report) -> None:
    """Charts and tables in small pieces, so that no page is left half empty before them."""
    if not report.stretches:
        return
    paper.section(_("Over time"), _chart(paper, "time", report))
    is_of_company = _is_of_company(report)
    shown = STRETCHES_OF_COMPANY if is_of_company else OF_STRETCHES
    widths = (1.6, 1.4, 1.4) if is_of_company else (1.6, 1.4, 1, 1)
    paper.add(Spacer(0, 3 * mm), _stacked(paper, report))
    rows = [
        [
            stretch_in_words(each.period, by_date=report.filters.period.is_by_date),
            *(value_of(metric, each.totals) for metric in shown),
        ]
        for each in report.stretches
    ]
    names = [_("Date"), *(BY_ID[metric].name for metric in shown)]
    for start in range(0, len(rows), MOST_BESIDE):
        part = rows[start : start + MOST_BESIDE]
        half = ceil(len(part) / 2)
        tables = [
            table_of(names, each, width=HALF, widths=widths) if each else ""
            for each in (part[:half], part[half:])
        ]
        paper.add(Spacer(0, 3 * mm), beside(*tables, share=0.5))


def _stacked(paper: Paper, report: Report) -> Flowable:
    """What hours consist of, each chart below what it says; a company has booked hours only."""
    became = words(_("What became of the booked hours"), "strong")
    if _is_of_company(report):
        return KeepTogether([became, _chart(paper, "booked", report)])
    went = words(_("Where the opening hours went"), "strong")
    charts = [_chart(paper, name, report, is_half=True) for name in ("opening", "booked")]
    return KeepTogether(
        [beside(went, became, share=0.5), beside(*charts, share=0.5, level="BOTTOM")]
    )


def _parts(paper: Paper, report: Report) -> None:
    if len(report.parts) < 2:  # noqa: PLR2004
        return
    is_of_machines = report.parts[0].scope.machine is not None
    title = _("By machine") if is_of_machines else _("By space")
    head = [_("Machine") if is_of_machines else _("Space")]
    is_of_company = _is_of_company(report)
    shown = COLUMNS_OF_COMPANY if is_of_company else OF_PARTS
    parts = sorted(
        report.parts,
        key=lambda each: (-_order(each.totals, is_of_company=is_of_company), each.name),
    )
    rows = [[each.name, *(value_of(metric, each.totals) for metric in shown)] for each in parts]
    names = [str(BY_ID[metric].name) for metric in shown]
    if is_of_company:
        # It may be cut by the end of a page, but not right below its heading.
        paper.add(CondPageBreak(LEAST_OF_TABLE))
        paper.section(title)
        paper.add(table_of([*head, *names], rows))
        return
    table = table_of([*head, *names], rows, widths=WIDTHS_OF_PARTS)
    paper.section(title, _chart(paper, "machines", report), table)


def _order(totals: Totals, *, is_of_company: bool) -> float:
    if is_of_company:
        return totals.seconds("used")
    return float(totals.share("use_rate").rate or 0)


def _chart(paper: Paper, name: str, report: Report, *, is_half: bool = False) -> Flowable:
    """A chart over the width of the page, or as it is on phones over half of it."""
    width = WIDTHS["narrow" if is_half else "wide"]
    drawing = CHARTS[name](report, theme=THEMES["light"], width=width)
    return paper.chart(drawing, width=HALF) if is_half else paper.chart(drawing)


def _week(paper: Paper, report: Report) -> None:
    hours = report.by_weekday_and_hour
    shares = {key: totals.share("use_rate") for key, totals in hours.items()}
    if not any(share.denominator for share in shares.values()):
        return
    paper.whole(
        _("By weekday and hour"),
        words(_("Utilisation in percent of the available time."), "soft"),
        _heat(shares),
    )
    if any(share.denominator for share in report.saturated_by_weekday_and_hour.values()):
        paper.whole(
            _("When everything is busy"),
            words(_("Part of the opening time in which every unit is busy, in percent."), "soft"),
            _heat(dict(report.saturated_by_weekday_and_hour)),
        )


def _heat(shares: dict[tuple[int, int], Share]) -> Any:
    """The hours in which anything is open, as on the page."""
    heat = Heat.of("", shares)
    cells = [[warmth(share) for share in row.cells] for row in heat.rows]
    return heat_of([row.short for row in heat.rows], [str(hour) for hour in heat.hours], cells)


def warmth(share: Share) -> tuple[str, float]:
    """What stands in a cell of the week, and how dark it is."""
    if share.whole_percent is None:
        return "", 0.0
    return str(share.whole_percent), share.whole_percent / 100


def _demand(paper: Paper, report: Report) -> None:
    demand = report.demand
    rows: list[list[object]] = [
        [_("Refused, for whatever reason"), demand.refused.count, demand.refused.people,
         hours_in_words(demand.refused.asked)],
        [_("Refused because everything was taken"), demand.full.count, demand.full.people,
         hours_in_words(demand.full.asked)],
        [_("Waited on the list in vain"), demand.wishes, "", hours_in_words(demand.wished)],
    ]  # fmt: skip
    head = [
        _("What was wanted in vain"),
        pgettext("figures", "Count"),
        _("People"),
        pgettext("figures", "Hours"),
    ]
    table = table_of(head, rows, widths=(3, 1, 1, 1))
    saturation = [
        [each.scope.name, each.units, percent_in_words(each.share)] for each in report.saturation
    ]
    if saturation:
        paper.section(
            _("Saturation and unmet demand"),
            table_of(
                [_("Machines that stand in for one another"), _("Units"), _("Saturation")],
                saturation,
                widths=(3, 1, 1),
            ),
            Spacer(0, 3 * mm),
            table,
        )
    else:
        paper.section(_("Unmet demand"), table)


def _people(paper: Paper, report: Report) -> None:
    if not report.audiences:
        return
    rows = [
        [each.used_by.label, "" if each.people is None else each.people,
         hours_in_words(each.booked), hours_in_words(each.used)]
        for each in report.audiences
    ]  # fmt: skip
    reach = report.reach
    facts: list[list[object]] = [
        [_("People"), reach.people],
        [_("Companies"), reach.companies],
        [_("For the first time"), reach.first_timers],
        [_("Came back within 60 days"), percent_in_words(reach.came_back)],
    ]
    reached = table_of([_("Reach"), ""], facts, width=66 * mm)
    if _is_of_company(report):
        # Whoever acts for a company is one audience.
        paper.section(_("Who used the machines"), reached)
        return
    paper.section(
        _("Who used the machines"),
        beside(
            table_of(
                [_("For whom"), _("People"), _("Booked hours"), _("Used hours")],
                rows,
                width=98 * mm,
                widths=(1.6, 1, 1.2, 1.2),
            ),
            reached,
        ),
    )
