"""What the utilisation page shows, put into the order in which it shows it."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from reports.definitions import BY_ID, VERSION, Definition
from reports.figures import Share, Totals
from reports.filters import Period
from reports.hours import SOURCES
from reports.report import Part, Report

LARGE = ("use_rate", "booked_rate")
SMALL = (
    "opening_h",
    "available_h",
    "booked_h",
    "used_h",
    "maintenance_h",
    "down_h",
    "no_show_h",
    "released_h",
    "walk_in_h",
    "working_h",
    "used_outside_h",
    "late_cancelled_h",
)
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
DEFAULT_SORT = "-use_rate"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with its definition, and what it was before; a rate or seconds."""

    definition: Definition
    share: Share | None
    share_before: Share | None
    seconds: int
    seconds_before: int

    @classmethod
    def of(cls, metric: str, totals: Totals, before: Totals) -> "Figure":
        """The figure of `metric`."""
        definition = BY_ID[metric]
        if metric.endswith("_h"):
            column = definition.column
            return cls(definition, None, None, totals.seconds(column), before.seconds(column))
        return cls(definition, totals.share(metric), before.share(metric), 0, 0)

    @property
    def order(self) -> float:
        """What it is sorted by; n/a comes before everything."""
        if self.share is None:
            return self.seconds
        return -1 if self.share.rate is None else float(self.share.rate)


@dataclass(frozen=True, slots=True)
class Column:
    """A heading of the table by machine: where its link leads, and how it sorts now."""

    definition: Definition | None
    name: object
    query: str
    sorted: str


@dataclass(frozen=True, slots=True)
class MachineRow:
    """A machine and its figures, in the order of the columns."""

    machine: Part
    cells: list[Figure]


class UtilisationPage:
    """The report, ready for its template."""

    def __init__(self, report: Report, *, sort: str) -> None:
        self.report = report
        self.period = report.filters.period
        self.before = report.filters.before
        self.with_assumed = report.filters.with_assumed
        known = {"name", *COLUMNS}
        self.sort = sort if sort.removeprefix("-") in known else DEFAULT_SORT
        self.steps = range(11)
        self.version = VERSION
        self.assumed = BY_ID["used_assumed_h"]

    @property
    def is_empty(self) -> bool:
        """Whether the rollup holds nothing of this month."""
        return not self.report.parts

    @property
    def large(self) -> list[Figure]:
        """The figures that are read first."""
        return [self._figure(metric) for metric in LARGE]

    @property
    def no_shows(self) -> tuple[Figure, Figure]:
        """The rate of no-shows, always both ways."""
        return self._figure("no_show_rate_count"), self._figure("no_show_rate_hours")

    @property
    def working(self) -> Figure:
        """How much machines with a meter worked while they were used."""
        return self._figure("working_share")

    @property
    def used(self) -> Figure:
        """Used hours."""
        return self._figure("used_h")

    @property
    def small(self) -> list[Figure]:
        """The hours that all others are made of."""
        return [self._figure(metric) for metric in SMALL]

    @property
    def sources(self) -> list[tuple[object, int, Share]]:
        """Who says that the machines were used: label, seconds, part of all use."""
        totals = self.report.totals
        used = totals.seconds("used")
        found = [(source.label, totals.seconds(f"used_{source}")) for source in SOURCES]
        return [(label, seconds, Share(seconds, used)) for label, seconds in found if seconds]

    @cached_property
    def hours(self) -> list[int]:
        """The hours of the day in which any machine is open."""
        groups = self.report.by_weekday_and_hour
        opened = [hour for (_, hour), totals in groups.items() if totals.seconds("opening")]
        return list(range(min(opened), max(opened) + 1)) if opened else []

    @property
    def heatmap(self) -> list[tuple[str, str, list[Share]]]:
        """A line per weekday: short and full name, and the utilisation of each hour."""
        groups = self.report.by_weekday_and_hour
        nothing = Totals({})
        return [
            (
                str(WEEKDAYS_ABBR[day]),
                str(WEEKDAYS[day]),
                [groups.get((day, hour), nothing).share("use_rate") for hour in self.hours],
            )
            for day in range(7)
        ]

    @property
    def days(self) -> list[dict[str, object]]:
        """The hours of each date, in seconds."""
        return [
            {
                "date": day,
                **{name: totals.seconds(name) for name in ("available", "booked", "used")},
            }
            for day, totals in self.report.by_date.items()
        ]

    @property
    def columns(self) -> list[Column]:
        """The headings of the table by machine."""
        named: list[tuple[str, Definition | None, object]] = [("name", None, _("Machine"))]
        named += [(metric, BY_ID[metric], BY_ID[metric].name) for metric in COLUMNS]
        return [
            Column(definition, name, self._sorted_by(metric), self._is_sorted_by(metric))
            for metric, definition, name in named
        ]

    @property
    def rows(self) -> list[MachineRow]:
        """The machines, sorted as asked."""
        rows = [
            MachineRow(
                each,
                [Figure.of(metric, each.totals, each.before or Totals({})) for metric in COLUMNS],
            )
            for each in self.report.parts
        ]
        metric = self.sort.removeprefix("-")
        rows.sort(key=lambda row: row.machine.name.casefold())
        if metric == "name":
            return rows[::-1] if self.sort.startswith("-") else rows
        place = COLUMNS.index(metric)
        reverse = self.sort.startswith("-")
        rows.sort(key=lambda row: row.cells[place].order, reverse=reverse)
        return rows

    @property
    def total_cells(self) -> list[Figure]:
        """The sums under the table: sums are divided, rates are never averaged."""
        return [self._figure(metric) for metric in COLUMNS]

    @property
    def month(self) -> date:
        """The first day of the month."""
        return self.period.first

    @property
    def is_running(self) -> bool:
        """Whether the month is told up to today only."""
        return not self.period.is_whole_months

    @property
    def query(self) -> str:
        """The address of these figures, for the charts and the export."""
        return self._query()

    @property
    def query_before(self) -> str:
        """The month before."""
        return self._query(month=f"{Period.month_of(self.month).previous().first:%Y-%m}")

    @property
    def query_after(self) -> str:
        """The month after."""
        return self._query(month=f"{Period.month_of(self.month).next().first:%Y-%m}")

    @property
    def query_assumed(self) -> str:
        """The same with assumed use switched."""
        return self._query(assumed="0" if self.with_assumed else "")

    def _figure(self, metric: str) -> Figure:
        return Figure.of(metric, self.report.totals, self.report.before or Totals({}))

    def _sorted_by(self, metric: str) -> str:
        first, second = (metric, f"-{metric}") if metric == "name" else (f"-{metric}", metric)
        return self._query(sort=second if self.sort == first else first)

    def _is_sorted_by(self, metric: str) -> str:
        if self.sort.removeprefix("-") != metric:
            return ""
        return "descending" if self.sort.startswith("-") else "ascending"

    def _query(self, **changes: str) -> str:
        parts = {
            "month": f"{self.month:%Y-%m}",
            "assumed": "" if self.with_assumed else "0",
            "sort": "" if self.sort == DEFAULT_SORT else self.sort,
            **changes,
        }
        return "?" + urlencode({name: value for name, value in parts.items() if value})
