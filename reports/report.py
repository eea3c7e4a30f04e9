"""A report as its page, charts, exports, open data and yearly reports read it. Pure.

Seconds are whole seconds; every rate is a `Share` of sums; weekdays count from 0, Monday.
`queries.usage.report_of` makes one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from reports.figures import Share, Totals
from reports.filters import Filters, Period, Scope
from reports.hours import UsedBy

WeekHour = tuple[int, int]
"""A weekday, 0 for Monday, and an hour of the wall clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A machine of a report of one space, or a space of one of many, and its own figures.

    Readers are shown a part only where `permissions.may_see(person, part.scope)`.
    """

    pk: int
    name: str
    slug: str
    scope: Scope
    totals: Totals
    before: Totals | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A date, or the dates of a month that lie in the period, and their figures."""

    period: Period
    totals: Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class Saturation:
    """How much of the opening time every unit of a pool, or of a category, was busy.

    The category of a report of many spaces stands for its machines in each: sums are divided.
    `units` are the machines in service today.
    """

    scope: Scope
    units: int
    share: Share
    by_weekday_and_hour: Mapping[WeekHour, Share]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tries:
    """Refused tries: how many, of how many people, and the seconds asked for.

    Who tries the same time of the same machine again asks for its seconds once.
    """

    count: int = 0
    people: int = 0
    asked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What was wanted and could not be had, by the time that was asked for.

    `refused` are all refused tries; `full` those that met with no free unit, and no other rule
    stood in the way. `by_code` counts a try under each of its codes. `by_weekday_and_hour` counts
    `full` by the hour in which they were to begin, `by_kind` by the key of their category and of
    their pool. `wishes` waited until it was too late.
    """

    refused: Tries = field(default_factory=Tries)
    full: Tries = field(default_factory=Tries)
    by_code: Mapping[str, Tries] = field(default_factory=dict)
    by_weekday_and_hour: Mapping[WeekHour, int] = field(default_factory=dict)
    by_kind: Mapping[str, Tries] = field(default_factory=dict)
    wishes: int = 0
    wished: int = 0

    def full_of(self, scope: Scope) -> Tries:
        """Those of `full` that were for a category or a pool."""
        return self.by_kind.get(scope.key, Tries())


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """What was booked and used by whom, and how many people they are.

    A person counts once: as staff of the space, else as acting for a company, else as a maker.
    """

    used_by: UsedBy
    booked: int
    used: int
    people: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Whom the machines reached: people who used one, companies for which one was booked.

    `first_timers` never used a machine of the scope before.
    """

    people: int = 0
    companies: int = 0
    first_timers: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach(Reached):
    """The same, and of all people those who used a machine again on another date.

    That is within 60 days of their first in the period.
    """

    came_back: Share = field(default_factory=lambda: Share(0, 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Contributions:
    """What people gave to each other: skills granted, faults told, upkeep done."""

    skills_granted: int = 0
    faults_reported: int = 0
    upkeep_done: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that is told of a scope over a period, with or without assumed use.

    - `totals`, `before`: the sums; `before` is None where nothing stands beside them.
    - `parts`: the machines of a scope within one space and of a company, otherwise the spaces.
    - `stretches`: by date, or by month where `filters.period.is_by_date` is not.
    - `by_weekday_and_hour`: opening, maintenance, down, booked, used, used_assumed only.
    - `saturated`, `saturated_by_weekday_and_hour`: sums over the categories, or over the pool;
      `saturation`: one line per category and pool.
    - `lead_time`: median seconds from making a reservation to its start; None without any.
    - `days_in_work`: dates whose figures are being computed again.
    """

    filters: Filters
    totals: Totals
    before: Totals | None
    parts: list[Part]
    stretches: list[Stretch]
    by_weekday_and_hour: Mapping[WeekHour, Totals]
    saturation: list[Saturation]
    saturated: Share
    saturated_by_weekday_and_hour: Mapping[WeekHour, Share]
    days_in_work: int
    demand: Demand = field(default_factory=Demand)
    audiences: list[Audience] = field(default_factory=list)
    reach: Reach = field(default_factory=Reach)
    reach_before: Reached | None = None
    lead_time: int | None = None
    contributions: Contributions = field(default_factory=Contributions)

    @property
    def by_date(self) -> dict[date, Totals]:
        """The figures by the first date of each stretch."""
        return {each.period.first: each.totals for each in self.stretches}
