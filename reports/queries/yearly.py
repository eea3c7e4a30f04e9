"""A year of a space, as those who fund it are told: nobody is named, few people are hidden."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from booking.models import Induction, InductionPlace
from booking.states import InductionState, PlaceState
from machines.models import Document, Machine
from reports.blocks import FEWEST_PEOPLE
from reports.bounding import shown_within
from reports.disclosure import Part, Shown
from reports.figures import Totals
from reports.filters import Compare, Filters, Period, Scope
from reports.hours import UsedBy
from reports.queries.contributions import made_by_person
from reports.queries.usage import report_of
from reports.report import Report
from spaces.models import Space

WHOLE = "year"

EARLIEST_WHOLE = 4
"""From this month on the year that runs is shown first; before, the one that is over."""


@dataclass(frozen=True, slots=True)
class MonthTold:
    """A month and its figures; `shown` are the measures of which they do not tell of few people."""

    month: date
    totals: Totals
    shown: frozenset[str]


@dataclass(frozen=True, slots=True)
class AudienceTold:
    """What one audience used, in seconds, and who; None where that would tell of few people."""

    audience: UsedBy
    used: int | None
    people: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What people and staff gave to each other besides machine hours."""

    inductions: int
    taught: int
    documents: int
    machines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class YearOfSpace:
    """All that the yearly report tells; `shown` are the measures of which it tells the sums."""

    space: Space
    year: int
    is_running: bool
    shown: frozenset[str]
    shown_before: frozenset[str]
    report: Report
    months: list[MonthTold]
    audiences: list[AudienceTold]
    given: Given
    given_before: Given


def year_shown_first(today: date) -> int:
    """The year to begin with."""
    return today.year if today.month >= EARLIEST_WHOLE else today.year - 1


def year_of(space: Space, year: int, *, now: datetime) -> YearOfSpace:
    """The figures of `space` in `year`, up to today where it runs, beside the year before."""
    today = now.astimezone(space.zone).date()
    period = Period(date(year, 1, 1), min(date(year, 12, 31), max(today, date(year, 1, 1))))
    scope = Scope.of_space(space)
    report = report_of(Filters(scope=scope, period=period, compare=Compare.YEAR_AGO))
    shown = _shown(space, period, now=now)
    return YearOfSpace(
        space=space,
        year=year,
        is_running=period.last < date(year, 12, 31),
        shown=_measures(shown, WHOLE),
        shown_before=_measures(_shown(space, period.year_ago(), now=now), WHOLE),
        report=report,
        months=[
            MonthTold(each.period.first, each.totals, _measures(shown, each.period.first))
            for each in ([] if period.is_by_date else report.stretches)
        ],
        audiences=_audiences(report, shown["used"].columns),
        given=_given(space, period),
        given_before=_given(space, period.year_ago()),
    )


def _shown(space: Space, period: Period, *, now: datetime) -> dict[str, Shown]:
    """What may be shown of each measure: months and the sum of them, so that none follows."""
    made = made_by_person(space, period, now=now, by_month=True)
    whole = Part(WHOLE, tuple(map(Part, period.months)))
    columns = [each.value for each in UsedBy]
    used, booked = shown_within(whole, columns, made.used, made.booked, made.acting)
    return {"used": used, "booked": booked}


def _measures(shown: dict[str, Shown], part: Hashable) -> frozenset[str]:
    return frozenset(measure for measure, each in shown.items() if part in each.parts)


def _audiences(report: Report, shown: frozenset[object]) -> list[AudienceTold]:
    told = [each for each in report.audiences if each.used_by != UsedBy.NOBODY]
    people = people_told(
        {each.used_by: each.people or 0 for each in told if each.used_by.value in shown},
        of=report.reach.people,
    )
    return [
        AudienceTold(
            each.used_by,
            each.used if each.used_by.value in shown else None,
            people.get(each.used_by),
        )
        for each in told
    ]


def people_told(counted: Mapping[UsedBy, int], *, of: int) -> dict[UsedBy, int]:
    """The counts that may stand beside how many people there were: none, nor the rest, is few."""
    told = {each: count for each, count in counted.items() if not 0 < count < FEWEST_PEOPLE}
    while any(told.values()) and 0 < of - sum(told.values()) < FEWEST_PEOPLE:
        del told[min((each for each in told if told[each]), key=lambda each: told[each])]
    return told


def _given(space: Space, period: Period) -> Given:
    window = period.window(space.zone)
    held = Induction.objects.filter(
        space=space,
        state=InductionState.DONE,
        starts_at__gte=window.start,
        starts_at__lt=window.end,
    )
    written = Document.objects.filter(
        machine__space=space, added_at__gte=window.start, added_at__lt=window.end
    )
    return Given(
        inductions=held.count(),
        taught=InductionPlace.objects.filter(induction__in=held, state=PlaceState.PASSED).count(),
        documents=written.count(),
        machines=Machine.objects.listed().filter(space=space).count(),
    )
