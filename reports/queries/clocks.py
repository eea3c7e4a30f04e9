"""A period on the clock of each space: local days, wherever the machines of a scope stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import DateField, F, Func, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

from reports.filters import Period, Scope
from reports.queries.scopes import M
from spaces.intervals import DAY, Interval
from spaces.models import Space

LOCAL_DATE = """(
    SELECT ({moment} AT TIME ZONE space.timezone)::date
    FROM machines_machine AS machine JOIN spaces_space AS space ON space.id = machine.space_id
    WHERE machine.id = {of}
)"""

DURING = """
    {moment} >= %(earliest)s AND {moment} < %(latest)s
    AND ({moment} AT TIME ZONE {zone})::date BETWEEN %(first)s AND %(last)s
"""
"""Whether a moment lies in a period on the clock `zone`, with the parameters `days_of` it."""


def days_of(period: Period) -> dict[str, Any]:
    """The parameters of DURING: first and last day, and bounds of every clock for the index."""
    bounds = anywhere(period)
    return {
        "first": period.first,
        "last": period.last,
        "earliest": bounds.start,
        "latest": bounds.end,
    }


def anywhere(period: Period) -> Interval:
    """Every moment that lies in a period on any clock of the world: bounds for an index."""
    return Period(period.first - DAY, period.last + DAY).window(ZoneInfo("UTC"))


def within(rows: QuerySet[M], period: Period, moment: str, zone: Combinable) -> QuerySet[M]:
    """Those of `rows` whose `moment` lies in the period on the clock `zone`."""
    bounds = anywhere(period)
    day = Func(
        F(moment),
        zone,
        template="(%(expressions)s)::date",
        arg_joiner=" AT TIME ZONE ",
        output_field=DateField(),
    )
    return rows.filter(
        GreaterThanOrEqual(day, period.first),
        LessThanOrEqual(day, period.last),
        **{f"{moment}__gte": bounds.start, f"{moment}__lt": bounds.end},
    )


@dataclass(frozen=True, slots=True)
class Clocks:
    """A period and the clocks of a scope: of many spaces, those of all spaces."""

    period: Period
    zones: tuple[ZoneInfo, ...]

    @property
    def window(self) -> Interval:
        """From its first beginning on any clock to its last end; exact where there is one clock."""
        windows = [self.period.window(zone) for zone in self.zones]
        return Interval(min(each.start for each in windows), max(each.end for each in windows))

    def hold(self, moment: str, *, of: str = "machine_id") -> str:
        """Whether a moment of a row of a machine lies in it, in SQL with the `dates`.

        Within the window, which must be asked for too.
        """
        if len(self.zones) == 1:
            return "TRUE"
        return f"{LOCAL_DATE.format(moment=moment, of=of)} BETWEEN %(first)s AND %(last)s"

    @property
    def dates(self) -> Mapping[str, date]:
        """The parameters of what `hold` says."""
        return {"first": self.period.first, "last": self.period.last}


def clocks_of(scope: Scope, period: Period) -> Clocks:
    """The clocks by which the figures of a scope are told, in at most one query."""
    if scope.space is not None:
        return Clocks(period, (scope.zone,))
    zones = Space.objects.order_by("timezone").values_list("timezone", flat=True).distinct()
    return Clocks(period, tuple(ZoneInfo(each) for each in zones) or (scope.zone,))
