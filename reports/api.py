"""The figures of utilisation, for programs: the same as on the page, for the same readers."""

from datetime import date
from typing import Annotated, Any

from django.core.validators import MinValueValidator
from django.db.models import IntegerField
from django.http import HttpRequest
from django.utils.timezone import now
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from booking.api.parties import caller_of
from machines.api import Paging
from members.authentication import needs
from members.states import Scope as TokenScope
from reports.definitions import VERSION
from reports.exports.data import line_data
from reports.exports.lines import lines_of
from reports.figures import Totals
from reports.filters import Filters, FiltersForm
from reports.permissions import may_see
from reports.queries.grouping import DIMENSIONS, grouped_totals
from spaces.paging import CursorInvalid, cursor_of, values_of

router = Router(tags=["reports"])

KNOWN_METRICS = frozenset(line.metric for line in lines_of(Totals({})))

OFFSET: "IntegerField[int, int]" = IntegerField(validators=[MinValueValidator(0)])
"""What a cursor of this list holds."""


class ReportFilters(Paging):
    """What is asked for; without dates the month that runs, up to today."""

    scope: Annotated[
        str,
        Field(
            max_length=300,
            description="machine:<space>/<machine>, pool:<id>, category:<slug>, "
            "category:<slug>@<space>, space:<slug>, company:<id> or network",
        ),
    ] = "network"
    from_: Annotated[date | None, Field(alias="from", description="the first day")] = None
    until: Annotated[date | None, Field(description="the last day, included")] = None
    assumed: Annotated[
        bool, Field(description="whether use counts that is only assumed from bookings")
    ] = True
    group_by: Annotated[
        str,
        Field(
            max_length=80,
            description="any of machine, category, space, month, weekday, hour, with commas "
            "between; nothing for one sum",
        ),
    ] = ""
    metric: Annotated[
        str,
        Field(max_length=400, description="ids of metrics, with commas between; nothing for all"),
    ] = ""


class FigureOut(Schema):
    """One figure: a rate is its numerator divided by its denominator."""

    metric: str
    definition: Annotated[str, Field(description="id and version, see /metrics/")]
    unit: Annotated[str, Field(description="h or rate")]
    value: Annotated[
        float | None, Field(description="hours to two decimals, rates to four; null for n/a")
    ]
    numerator: int | None
    denominator: int | None
    unit_of_parts: Annotated[str, Field(description="s or count")]


class GroupOut(Schema):
    """What the hours have in common, and their figures; weekdays count from 1, Monday."""

    group: dict[str, str | int]
    figures: list[FigureOut]


class ReportOut(Schema):
    """Figures of a scope over a period, group by group."""

    scope: str
    name: str
    zone: str
    from_: Annotated[date, Field(alias="from")]
    until: date
    definition: str
    assumed: bool
    items: list[GroupOut]
    next: str | None


@router.get(
    "/reports/utilisation",
    auth=needs(TokenScope.REPORTS),
    response=ReportOut,
    by_alias=True,
    summary="Figures of utilisation",
)
def utilisation(request: HttpRequest, filters: Query[ReportFilters]) -> object:
    """Numerators, denominators, values and definitions of what you may read.

    Of many spaces, groups by machine or space are those of the spaces in which you work.
    """
    caller = caller_of(request)
    asked = _asked(filters)
    if not may_see(caller, asked.scope):
        raise HttpError(403, _("You may not read these figures."))
    dimensions = _named(filters.group_by, frozenset(DIMENSIONS), "group_by")
    metrics = _named(filters.metric, KNOWN_METRICS, "metric")
    offset = _offset(filters.cursor)
    groups = grouped_totals(
        asked, dimensions, person=caller, offset=offset, limit=filters.limit + 1
    )
    items = [
        {
            "group": group.names,
            "figures": [
                line_data(line)
                for line in lines_of(group.totals)
                if not metrics or line.metric in metrics
            ],
        }
        for group in groups[: filters.limit]
    ]
    is_more = len(groups) > filters.limit
    return {
        "scope": asked.scope.key,
        "name": asked.scope.name,
        "zone": asked.scope.zone.key,
        "from": asked.period.first,
        "until": asked.period.last,
        "definition": VERSION,
        "assumed": asked.with_assumed,
        "items": items,
        "next": cursor_of([offset + filters.limit]) if is_more else None,
    }


def _asked(filters: ReportFilters) -> Filters:
    """The filters as the page reads them; what is wrong with them is told as there."""
    data: dict[str, Any] = {
        "scope": filters.scope,
        "from": filters.from_,
        "until": filters.until,
        "compare": "none",
        "assumed": "1" if filters.assumed else "0",
    }
    form = FiltersForm(data, now=now())
    if not form.is_valid():
        told = (f"{name}: {errors[0]}" for name, errors in form.errors.items())
        raise HttpError(422, "; ".join(told))
    return form.filters


def _named(text: str, known: frozenset[str], parameter: str) -> list[str]:
    names = [name for name in text.split(",") if name]
    unknown = sorted(set(names) - known)
    if unknown:
        raise HttpError(
            422,
            _("%(parameter)s knows no %(names)s.")
            % {"parameter": parameter, "names": ", ".join(unknown)},
        )
    return names


def _offset(cursor: str | None) -> int:
    """The number of groups that were told already."""
    if not cursor:
        return 0
    try:
        (offset,) = values_of(cursor, [OFFSET])
    except CursorInvalid as error:
        raise HttpError(422, _("This cursor is not of this list.")) from error
    return int(str(offset))
