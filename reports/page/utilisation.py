"""The whole page: a report, ready for its template."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from booking.states import RefusalCode
from reports.answers import Answer, answers_of
from reports.definitions import BY_ID, VERSION, Definition
from reports.figures import MEANS, Share
from reports.filters import Filters, Scope
from reports.hours import SOURCES
from reports.page.drawing import drawn_from, use_of
from reports.page.figures import Figure
from reports.page.tables import (
    COLUMNS,
    COLUMNS_OF_COMPANY,
    Column,
    Heat,
    OverTime,
    PartRow,
    columns_of,
    known_sort,
    rows_of,
    sums_of,
)
from reports.parts import BOOKED, OPENING
from reports.report import Audience, Report, Saturation, Tries
from reports.wording import (
    PART_NAMES,
    REASONS,
    lead_time_in_words,
    mean_in_words,
    period_in_words,
    stage_in_words,
    stretch_in_words,
)

LARGE = ("use_rate", "booked_rate", "used_h", "no_show_rate_count")
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
LARGE_OF_COMPANY = ("used_h", "booked_h", "booking_efficiency", "no_show_rate_count")
SMALL_OF_COMPANY = ("booked_h", "used_h", "used_in_booking_h", "no_show_h", "released_h")
OTHER = ("uptime", "booking_efficiency", "walk_in_share")
HEAT_STEPS = range(11)
TIME_COLUMNS = {
    "available": gettext_lazy("Available"),
    "booked": gettext_lazy("Booked"),
    "used": gettext_lazy("Used"),
}
MEANINGS = ("saturation", "unmet_demand", "reach", "came_back", "lead_time")


@dataclass(frozen=True, slots=True)
class Kind:
    """A line of the table of saturation, and the way to the figures of its machines."""

    name: str
    units: int
    use: Share
    saturation: Share
    tries: Tries
    query: str


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people or companies, and what it was before, where something stands beside."""

    name: str
    number: int
    before: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What the person who looks may follow: the figures of which scopes, and single sessions."""

    may_follow: Callable[[Scope], bool]
    may_see_sessions: bool


class UtilisationPage:
    """The report of the utilisation page, its sections in the order of the page."""

    def __init__(self, report: Report, *, sort: str, reader: Reader, now: datetime) -> None:
        self.report = report
        self.now = now
        self.reader = reader
        self.metrics = COLUMNS_OF_COMPANY if self.is_of_company else COLUMNS
        self.sort = known_sort(sort, self.metrics)
        self.steps = HEAT_STEPS
        self.version = VERSION
        self.totals, self.before = report.totals, report.before
        self.assumed = BY_ID["used_assumed_h"]
        self.may_see_sessions = reader.may_see_sessions

    @property
    def filters(self) -> Filters:
        """What the report is about."""
        return self.report.filters

    @property
    def is_empty(self) -> bool:
        """Whether the rollup holds nothing of this period."""
        return not self.totals.has_any

    @property
    def is_of_company(self) -> bool:
        """Whether it is about what one company did, and not about machines."""
        return self.filters.scope.company is not None

    @property
    def is_by_month(self) -> bool:
        """Whether the period is told by month."""
        return not self.filters.period.is_by_date

    @property
    def is_of_many_spaces(self) -> bool:
        """Whether the parts are spaces, and not machines."""
        return not self.is_of_company and self.filters.scope.is_of_many_spaces

    @property
    def dates(self) -> str:
        """The period in words."""
        return period_in_words(self.filters.period)

    @property
    def stage(self) -> str:
        """What to know where the period is not over, in words."""
        return stage_in_words(self.filters, now=self.now)

    @property
    def is_compared(self) -> bool:
        """Whether there is anything to compare with."""
        return self.before is not None and self.before.has_any

    @property
    def compared(self) -> str:
        """What the figures are compared with, or that there is nothing to compare with."""
        if self.filters.before is None:
            return ""
        words = {"period": period_in_words(self.filters.before)}
        if self.is_compared:
            return _("Compared with %(period)s.") % words
        return _("Of %(period)s there are no figures to compare with.") % words

    @cached_property
    def answers(self) -> list[Answer]:
        """The questions that people have, answered."""
        return answers_of(drawn_from(self.report, now=self.now))

    @cached_property
    def large(self) -> list[Figure]:
        """The figures that are read first."""
        large = LARGE_OF_COMPANY if self.is_of_company else LARGE
        return [self._figure(metric) for metric in large]

    @property
    def no_show_hours(self) -> Figure:
        """The rate of no-shows by hours, beside the one by count."""
        return self._figure("no_show_rate_hours")

    @property
    def working(self) -> Figure:
        """How much machines with a meter worked while they were used."""
        return self._figure("working_share")

    @property
    def small(self) -> list[Figure]:
        """The hours that all others are made of."""
        small = SMALL_OF_COMPANY if self.is_of_company else SMALL
        return [self._figure(metric) for metric in small]

    @property
    def sources(self) -> list[tuple[object, int, Share]]:
        """Who says that the machines were used: label, seconds, part of all use."""
        used = self.totals.seconds("used")
        found = [(source.label, self.totals.seconds(f"used_{source}")) for source in SOURCES]
        return [(label, seconds, Share(seconds, used)) for label, seconds in found if seconds]

    @cached_property
    def heat(self) -> Heat:
        """Utilisation by weekday and hour."""
        hours = self.report.by_weekday_and_hour
        return Heat.of("", {hour: totals.share("use_rate") for hour, totals in hours.items()})

    @cached_property
    def full_heat(self) -> Heat | None:
        """Saturation by weekday and hour, of the kind of machine that was wanted most of all."""
        kinds = [kind for kind in self.report.saturation if kind.share.numerator]
        wanted = max(kinds, key=self._wanted, default=None)
        if wanted is None:
            return None
        return Heat.of(wanted.scope.name, wanted.by_weekday_and_hour)

    def _wanted(self, kind: Saturation) -> tuple[int, int]:
        return self.report.demand.full_of(kind.scope).people, kind.share.numerator

    @cached_property
    def kinds(self) -> list[Kind]:
        """How busy each kind of machine was, the fullest first."""
        kinds = sorted(
            self.report.saturation,
            key=lambda each: (-(each.share.percent or 0), each.scope.name.casefold()),
        )
        return [self._kind(each) for each in kinds]

    @property
    def tells_use_of_kinds(self) -> bool:
        """Whether the utilisation of each kind is known."""
        return self.tells_tries_of_kinds and not self.is_of_many_spaces

    @property
    def tells_tries_of_kinds(self) -> bool:
        """Whether what was wanted of each kind is known: of a machine alone only its own is."""
        return self.filters.scope.machine is None

    @property
    def time_table(self) -> OverTime:
        """What the line over time shows."""
        return OverTime.of(self.report, TIME_COLUMNS, self._dates)

    @property
    def opening_table(self) -> OverTime:
        """What the opening hours consist of."""
        parts = {part: PART_NAMES[part] for part in OPENING}
        return OverTime.of(self.report, parts, self._dates)

    @property
    def booked_table(self) -> OverTime:
        """What became of the booked hours."""
        parts = {part: PART_NAMES[part] for part in BOOKED}
        return OverTime.of(self.report, parts, self._dates)

    @cached_property
    def _dates(self) -> list[str]:
        """What the rows of the tables over time are called: all the same."""
        by_date = self.filters.period.is_by_date
        return [stretch_in_words(each.period, by_date=by_date) for each in self.report.stretches]

    @property
    def columns(self) -> list[Column]:
        """The headings of the table of machines or spaces."""
        first = _("Space") if self.is_of_many_spaces else _("Machine")
        return columns_of(self.metrics, self.sort, query=self.query, first=first)

    @cached_property
    def rows(self) -> list[PartRow]:
        """The machines or spaces, sorted as asked."""
        parts = [(part, self._way_to(part.scope)) for part in self.report.parts]
        return rows_of(self.metrics, parts, self.sort)

    @property
    def total_cells(self) -> list[Figure]:
        """The sums under the table."""
        return sums_of(self.metrics, self.totals)

    @property
    def query(self) -> str:
        """The address of these figures, for the charts and the exports."""
        return f"?{self.filters.query}"

    @property
    def query_before(self) -> str:
        """As much time before."""
        return f"?{self.filters.but(period=self.filters.period.previous()).query}"

    @property
    def query_after(self) -> str:
        """As much time after."""
        return f"?{self.filters.but(period=self.filters.period.next()).query}"

    @property
    def query_assumed(self) -> str:
        """The same with assumed use switched."""
        return f"?{self.filters.but(with_assumed=not self.filters.with_assumed).query}"

    @property
    def refused(self) -> list[tuple[object, Tries]]:
        """Why tries to reserve were refused, the most frequent reason first."""
        by_code = sorted(self.report.demand.by_code.items(), key=lambda each: -each[1].count)
        return [(REASONS[RefusalCode(code)], tries) for code, tries in by_code]

    @property
    def people(self) -> list[Count]:
        """Whom the machines reached."""
        reach = self.report.reach
        before = self.report.reach_before if self.is_compared else None
        named = {"people": _("People")}
        if not self.is_of_company:
            named["companies"] = _("Companies")
        named["first_timers"] = _("For the first time")
        return [
            Count(words, getattr(reach, name), None if before is None else getattr(before, name))
            for name, words in named.items()
        ]

    @property
    def audiences(self) -> list[tuple[Audience, Share]]:
        """By whom machines were used, and their part of all use."""
        used = sum(each.used for each in self.report.audiences)
        return [(each, Share(each.used, used)) for each in self.report.audiences]

    @property
    def other(self) -> list[Figure]:
        """How reliably machines and people are there."""
        return [self._figure(metric) for metric in OTHER]

    @property
    def means(self) -> list[tuple[Definition, str]]:
        """How long machines work between failures, and how long a repair takes, in words."""
        return [(BY_ID[metric], mean_in_words(self.totals.mean(metric))) for metric in MEANS]

    @property
    def lead_time(self) -> str:
        """How far ahead people reserve, in words."""
        seconds = self.report.lead_time
        return _("n/a") if seconds is None else lead_time_in_words(seconds)

    @property
    def meanings(self) -> dict[str, Definition]:
        """The definitions of what is not only hours and rates."""
        return {name: BY_ID[name] for name in MEANINGS}

    def _kind(self, kind: Saturation) -> Kind:
        return Kind(
            name=kind.scope.name,
            units=kind.units,
            use=use_of(kind, self.report),
            saturation=kind.share,
            tries=self.report.demand.full_of(kind.scope),
            query=self._way_to(kind.scope),
        )

    def _figure(self, metric: str) -> Figure:
        return Figure.of(metric, self.totals, self.before if self.is_compared else None)

    def _way_to(self, scope: Scope) -> str:
        if scope == self.filters.scope or not self.reader.may_follow(scope):
            return ""
        return f"?{self.filters.but(scope=scope).query}"
