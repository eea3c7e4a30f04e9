"""The report and the sessions behind it as the sheets of a workbook, in the active language."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from reports.definitions import BY_ID, RATES, TERMS, VERSION
from reports.exports.lines import COUNT, HOURS, Line, lines_beside, lines_of
from reports.exports.workbook import COUNT as COUNTS
from reports.exports.workbook import DAY, MOMENT, RATE, Column, Table, Value
from reports.exports.workbook import HOURS as HOURS_SHOWN
from reports.figures import Totals
from reports.figures import hours as hours_of
from reports.filters import Filters
from reports.report import Report
from reports.wording import period_in_words, stage_in_words

NAMES = {
    "unmet_demand_refused": gettext_lazy("Refused, for whatever reason"),
    "unmet_demand_refused_h": gettext_lazy("Refused, for whatever reason"),
    "unmet_demand_full": gettext_lazy("Refused because everything was taken"),
    "unmet_demand_full_h": gettext_lazy("Refused because everything was taken"),
    "unmet_demand_wishes": gettext_lazy("Waited on the list in vain"),
    "unmet_demand_wishes_h": gettext_lazy("Waited on the list in vain"),
    "reach_people": gettext_lazy("People"),
    "reach_companies": gettext_lazy("Companies"),
    "reach_first_timers": gettext_lazy("For the first time"),
}
"""Figures that share a definition with others."""

OF_PARTS = tuple(each.id for each in (*RATES, *TERMS))


def report_tables(report: Report, *, made_at: datetime) -> Iterator[Table]:
    """What it is about, every figure, machine by machine, over time, by hour, definitions."""
    yield _about(report, made_at)
    yield _figures(report)
    if report.parts:
        yield _parts(report)
    if report.stretches:
        yield _stretches(report)
    if report.by_weekday_and_hour:
        yield _week(report)
    if report.saturation:
        yield _saturation(report)
    yield definitions()


def sessions_tables(filters: Filters, rows: Iterator[Sequence[Any]]) -> Iterator[Table]:
    """A line for each session, and what its columns say."""
    shown = {
        "session": COUNTS,
        "reservation": COUNTS,
        "started_at": MOMENT,
        "ended_at": MOMENT,
        "hours": HOURS_SHOWN,
        "seconds": COUNTS,
        "seconds_in_period": COUNTS,
    }
    heads = session_heads()
    columns = [
        Column(heads[name][0], shown.get(name, "@"), 20 if name in WIDE else 12) for name in heads
    ]
    title = f"{_('Sessions')} {filters.period.first:%Y-%m-%d}"
    yield Table(title=title, columns=columns, rows=map(_session, rows))
    yield Table(
        title=_("Definitions"),
        columns=[Column(_("Column"), width=24), Column(_("Meaning"), width=90, wraps=True)],
        rows=[list(heads[name]) for name in heads],
    )


WIDE = frozenset({"space", "machine", "member", "company", "started_at", "ended_at", "zone"})


def session_heads() -> dict[str, tuple[str, str]]:
    """The columns of a list of sessions, as people read them, and what they say."""
    return {
        "session": (_("Session"), _("The number of the session.")),
        "space": (_("Space"), _("Where the machine stands.")),
        "machine": (_("Machine"), _("What was used.")),
        "category": (_("Category"), _("The address of its category.")),
        "member": (_("Member"), _("Who used it; empty where nobody is known.")),
        "company": (_("Company"), _("For whom it was reserved.")),
        "reservation": (_("Reservation"), _("Its number; empty for a walk-in.")),
        "kind": (_("Kind"), _("reserved or walk-in.")),
        "source": (_("Source"), _("Who says so: meter, kiosk, api, staff, import or assumed.")),
        "started_at": (_("Start"), _("On the clock of the space.")),
        "ended_at": (_("End"), _("On the clock of the space; empty while it lasts.")),
        "zone": (_("Time zone"), _("The clock of the space.")),
        "hours": (pgettext("figures", "Hours"), _("From start to end, to two decimals.")),
        "seconds": (_("Seconds"), _("From start to end.")),
        "seconds_in_period": (_("Seconds in the period"), _("The part of it in the period.")),
        "assumed_use": (_("Assumed use"), _("Whether its end is assumed from the booking.")),
    }


def _session(row: Sequence[Any]) -> list[Value]:
    *cells, assumed = row
    return [*cells, _("yes") if assumed else _("no")]


def _about(report: Report, made_at: datetime) -> Table:
    filters = report.filters
    zone = filters.scope.zone
    before = filters.before
    facts: list[list[Value]] = [
        [_("Figures of"), filters.scope.full_name],
        [_("Period"), period_in_words(filters.period)],
        [_("Compared with"), period_in_words(before) if before else _("nothing")],
        [_("Time zone"), zone.key],
        [_("Assumed use"), _("counted") if filters.with_assumed else _("left out")],
        [_("Days being computed again"), str(report.days_in_work)],
        [_("Definition set"), VERSION],
        [_("Made on"), f"{made_at.astimezone(zone):%Y-%m-%d %H:%M}"],
    ]
    if stage := stage_in_words(filters, now=made_at):
        facts.insert(2, [_("Note"), stage])
    return Table(
        title=_("About"),
        columns=[Column(_("What"), width=28), Column(_("Which"), width=60, wraps=True)],
        rows=facts,
    )


def _figures(report: Report) -> Table:
    before = {}
    if report.before is not None:
        before = {line.metric: line for line in lines_of(report.before)}
    lines = [*lines_of(report.totals), *lines_beside(report)]
    columns = [
        Column(_("Figure"), width=30),
        Column(_("Definition"), width=24),
        Column(pgettext("figures", "Hours"), HOURS_SHOWN),
        Column(_("Rate"), RATE),
        Column(pgettext("figures", "Count"), COUNTS),
        Column(_("Numerator"), HOURS_SHOWN),
        Column(_("Denominator"), HOURS_SHOWN),
        Column(_("Hours before"), HOURS_SHOWN),
        Column(_("Rate before"), RATE),
    ]
    rows = [_figure(line, before.get(line.metric)) for line in lines]
    return Table(title=_("Figures"), columns=columns, rows=rows)


def _figure(line: Line, before: Line | None) -> list[Value]:
    name = str(BY_ID[line.metric].name) if line.metric in BY_ID else str(NAMES[line.metric])
    was = before.value if before else None
    is_hours, is_count = line.unit == HOURS, line.unit == COUNT
    parts: list[Value] = [line.numerator, line.denominator]
    if is_count or (is_hours and line.denominator is None):
        parts = [None, None]
    elif line.is_of_hours:
        numerator, denominator = line.numerator or 0, line.denominator or 0
        parts = [hours_of(numerator), denominator if is_hours else hours_of(denominator)]
    return [
        name,
        line.definition,
        line.value if is_hours else None,
        None if is_hours or is_count else line.value,
        line.value if is_count else None,
        *parts,
        was if is_hours else None,
        None if is_hours else was,
    ]


def _totals_columns() -> list[Column]:
    return [
        Column(str(BY_ID[metric].name), HOURS_SHOWN if metric.endswith("_h") else RATE)
        for metric in OF_PARTS
    ]


def _totals_cells(totals: Totals) -> list[Value]:
    cells = {line.metric: line.value for line in lines_of(totals)}
    return [cells.get(metric) for metric in OF_PARTS]


def _parts(report: Report) -> Table:
    is_of_machines = report.parts[0].scope.machine is not None
    return Table(
        title=_("By machine") if is_of_machines else _("By space"),
        columns=[
            Column(_("Machine") if is_of_machines else _("Space"), width=30),
            *_totals_columns(),
        ],
        rows=([part.name, *_totals_cells(part.totals)] for part in report.parts),
    )


def _stretches(report: Report) -> Table:
    columns = [Column(_("First day"), DAY), Column(_("Last day"), DAY), *_totals_columns()]
    rows = (
        [each.period.first, each.period.last, *_totals_cells(each.totals)]
        for each in report.stretches
    )
    return Table(title=_("Over time"), columns=columns, rows=rows, frozen_columns=2)


def _week(report: Report) -> Table:
    columns = [
        Column(_("Weekday"), width=14),
        Column(_("Hour"), COUNTS, 8),
        Column(str(BY_ID["use_rate"].name), RATE),
        Column(str(BY_ID["used_h"].name), HOURS_SHOWN),
        Column(str(BY_ID["available_h"].name), HOURS_SHOWN),
        Column(str(BY_ID["booked_h"].name), HOURS_SHOWN),
        Column(_("Saturation"), RATE),
    ]
    full = report.saturated_by_weekday_and_hour
    rows = (
        [
            str(WEEKDAYS[day]),
            hour,
            totals.share("use_rate").rate,
            hours_of(totals.seconds("used")),
            hours_of(totals.seconds("available")),
            hours_of(totals.seconds("booked")),
            full[day, hour].rate if (day, hour) in full else None,
        ]
        for (day, hour), totals in sorted(report.by_weekday_and_hour.items())
    )
    return Table(title=_("By hour of the week"), columns=columns, rows=rows, frozen_columns=2)


def _saturation(report: Report) -> Table:
    columns = [
        Column(_("Machines that stand in for one another"), width=36),
        Column(_("Units"), COUNTS),
        Column(_("Saturation"), RATE),
        Column(_("Numerator"), HOURS_SHOWN),
        Column(_("Denominator"), HOURS_SHOWN),
    ]
    rows: list[list[Value]] = [
        [
            each.scope.name,
            each.units,
            each.share.rate,
            hours_of(each.share.numerator),
            hours_of(each.share.denominator),
        ]
        for each in report.saturation
    ]
    return Table(title=_("Saturation"), columns=columns, rows=rows)


def definitions() -> Table:
    """Every figure with its formula and its meaning."""
    return Table(
        title=_("Definitions"),
        columns=[
            Column(_("Definition"), width=24),
            Column(_("Symbol"), width=8),
            Column(_("Figure"), width=30),
            Column(_("Formula"), width=30, wraps=True),
            Column(_("Meaning"), width=90, wraps=True),
        ],
        rows=[
            [f"{each.id} {VERSION}", each.symbol, str(each.name), str(each.formula), str(each.text)]
            for each in BY_ID.values()
        ],
    )
