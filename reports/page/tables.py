"""The tables of the page: weekday by hour, over time, and by machine or space."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR

from reports.definitions import BY_ID, Definition
from reports.figures import Share, Totals
from reports.page.figures import Figure
from reports.parts import part_of
from reports.report import Part, Report, WeekHour

COLUMNS = (
    "use_rate",
    "booked_rate",
    "used_h",
    "booked_h",
    "available_h",
    "opening_h",
    "no_show_h",
    "no_show_rate_hours",
)
COLUMNS_OF_COMPANY = ("used_h", "booked_h", "no_show_h", "no_show_rate_hours")
"""A company has no opening hours, so nothing is divided by them."""

NOTHING = Share(0, 0)


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A weekday and its share in each hour."""

    short: str
    name: str
    cells: list[Share]


@dataclass(frozen=True, slots=True)
class Heat:
    """Shares by weekday and hour; the hours are those in which anything is open."""

    name: str
    hours: list[int]
    rows: list[HeatRow]

    @classmethod
    def of(cls, name: str, shares: Mapping[WeekHour, Share]) -> "Heat":
        """The table of `shares`."""
        opened = [hour for (_, hour), share in shares.items() if share.denominator]
        hours = list(range(min(opened), max(opened) + 1)) if opened else []
        rows = [
            HeatRow(
                str(WEEKDAYS_ABBR[day]),
                str(WEEKDAYS[day]),
                [shares.get((day, hour), NOTHING) for hour in hours],
            )
            for day in range(7)
        ]
        return cls(name, hours, rows)


@dataclass(frozen=True, slots=True)
class OverTime:
    """Seconds by day or month: the names of the columns, and what stands in each line."""

    names: list[object]
    rows: list[tuple[str, list[int]]]

    @classmethod
    def of(cls, report: Report, columns: Mapping[str, object], dates: Sequence[str]) -> "OverTime":
        """The table of `columns`, named, over the stretches of `report`, which are the `dates`."""
        return cls(
            list(columns.values()),
            [
                (date, [part_of(each.totals, column) for column in columns])
                for date, each in zip(dates, report.stretches, strict=True)
            ],
        )


@dataclass(frozen=True, slots=True)
class Column:
    """A heading of the table of parts: where its link leads, and how it sorts now."""

    definition: Definition | None
    name: object
    query: str
    sorted: str


@dataclass(frozen=True, slots=True)
class PartRow:
    """A machine or a space, its figures in the order of the columns, and the way to them."""

    name: str
    query: str
    cells: list[Figure]


def known_sort(asked: str, metrics: Sequence[str]) -> str:
    """The order that was asked for, or the usual one: by the first column, the most first."""
    return asked if asked.removeprefix("-") in {"name", *metrics} else f"-{metrics[0]}"


def columns_of(metrics: Sequence[str], sort: str, *, query: str, first: object) -> list[Column]:
    """The headings, each a link to the order by its column; `query` is the rest of the address."""
    named: list[tuple[str, Definition | None, object]] = [("name", None, first)]
    named += [(metric, BY_ID[metric], BY_ID[metric].name) for metric in metrics]
    return [
        Column(definition, name, f"{query}&sort={_next(metric, sort)}", _order(metric, sort))
        for metric, definition, name in named
    ]


def rows_of(metrics: Sequence[str], parts: Sequence[tuple[Part, str]], sort: str) -> list[PartRow]:
    """The parts, each with the address of its own figures, sorted as asked."""
    rows = [
        PartRow(
            part.name, query, [Figure.of(metric, part.totals, part.before) for metric in metrics]
        )
        for part, query in parts
    ]
    metric, is_down = sort.removeprefix("-"), sort.startswith("-")
    rows.sort(key=lambda row: row.name.casefold())
    if metric == "name":
        return rows[::-1] if is_down else rows
    place = metrics.index(metric)
    rows.sort(key=lambda row: row.cells[place].order, reverse=is_down)
    return rows


def sums_of(metrics: Sequence[str], totals: Totals) -> list[Figure]:
    """The line under the table: sums are divided, rates are never averaged."""
    return [Figure.of(metric, totals, None) for metric in metrics]


def _next(metric: str, sort: str) -> str:
    first, second = (metric, f"-{metric}") if metric == "name" else (f"-{metric}", metric)
    return second if sort == first else first


def _order(metric: str, sort: str) -> str:
    if sort.removeprefix("-") != metric:
        return ""
    return "descending" if sort.startswith("-") else "ascending"
