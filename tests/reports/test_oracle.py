"""The rollup equals a brute-force count of the raw log, to the second and hour by hour."""

import math
import os
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest
from django.db import models, transaction
from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st
from schedule.models import Event

from booking.models import Reservation, UsageSession
from machines.models import DirtyDay, Fault, Machine, Stoppage
from machines.states import CalendarKind
from members.models import Company
from reports.figures import Totals
from reports.filters import Filters, Period, Scope
from reports.hours import BY_AUDIENCE, COLUMNS, Calendar, figures_of
from reports.models import (
    CompanyHour,
    Counted,
    FreeTime,
    GroupWeek,
    SaturatedHour,
    UsageDay,
    UsageHour,
    UsageMonth,
)
from reports.parts import BOOKED, part_of
from reports.queries.usage import report_of
from reports.services.rollup import rebuild_days, rebuild_dirty_days
from reports.spans import cells_of
from tests.reports.histories import (
    COMPANIES,
    as_log,
    histories,
    machines_with,
    moment,
    worlds,
)
from tests.reports.oracle import (
    History,
    Table,
    Walk,
    hours_by_brute_force,
    opening_by_the_clock,
    saturated_by_brute_force,
)

T = TypeVar("T")

EXAMPLES = int(os.environ.get("ORACLE_EXAMPLES", "0"))
"""How many of each to try (`make oracle`); 0 leaves it to the test."""

SEED = int(os.environ.get("ORACLE_SEED", "0"))
PER_SHARD = 50
SHARDS = range(max(1, math.ceil(EXAMPLES / PER_SHARD)))

KEPT: tuple[type[models.Model], ...] = (
    UsageHour,
    UsageDay,
    UsageMonth,
    CompanyHour,
    FreeTime,
    SaturatedHour,
    GroupWeek,
)


def told(rows: Table) -> Table:
    found = {
        key: {name: row.get(name, 0) for name in COLUMNS if row.get(name, 0)}
        for key, row in sorted(rows.items())
    }
    return {key: row for key, row in found.items() if row}


def from_rollup(rows: models.QuerySet[Any]) -> Table:
    return {(row["date"], row["hour"]): row for row in rows.values("date", "hour", *COLUMNS)}


def hold(strategy: st.SearchStrategy[T], look: Callable[[T], None], shard: int, few: int) -> None:
    """Look at all that is drawn: a few, or a shard of as many as ORACLE_EXAMPLES says.

    Each shard draws others, and the same each time: what is judged by them must not flicker.
    """
    house = settings(
        max_examples=min(PER_SHARD, EXAMPLES - shard * PER_SHARD) if EXAMPLES else few,
        derandomize=False,
        database=None,
        phases=[Phase.generate, Phase.shrink],
    )
    seed(1000 * SEED + shard)(house(given(strategy)(look)))()


@pytest.mark.parametrize("shard", SHARDS)
def test_the_arithmetic_equals_the_oracle(shard: int) -> None:
    hold(histories(), calculate, shard, few=15)


@pytest.mark.django_db
@pytest.mark.parametrize("shard", SHARDS)
def test_the_rollup_equals_the_oracle(shard: int) -> None:
    hold(st.tuples(worlds(), st.integers(0, 5)), keep, shard, few=4)


def calculate(drawn: tuple[History, list[date]]) -> None:
    """The figures of a history, without a database."""
    history, days = drawn
    zone = ZoneInfo(history.zone)
    cells = [cell for day in days for cell in cells_of(day, zone)]
    always = [(cells[0].start, cells[-1].end)]
    opened = always if history.week is None else opening_by_the_clock(history, days)
    calendar = Calendar(cells)
    figures = figures_of(as_log(history, _less(opened, history.closures)), calendar)
    hours = figures.hours
    ours = {
        (calendar.dates[day], hour): dict(zip(COLUMNS, row, strict=True))
        for day, hour, row in zip(hours.day, hours.hour.tolist(), hours.sums.tolist(), strict=True)
    }
    table, audiences = hours_by_brute_force(history, Walk([history], days))
    assert told(ours) == told(table)
    for row in ours.values():
        cut = [part_of(Totals(row), part) for part in BOOKED]
        assert sum(cut) == row["booked"]
        assert min(cut) >= 0
    for place, day in enumerate(days):
        row = dict(zip(BY_AUDIENCE, figures.by_audience[0, place].tolist(), strict=True))
        assert row == _of_day(audiences, day, BY_AUDIENCE)


def keep(drawn: tuple[tuple[list[History], list[History], list[date]], int]) -> None:
    """A world as it was first told, and once it was corrected, told late, and opened again.

    One day of one machine is rebuilt alone in the end, beside what is kept of all others: every row
    is as if all were rebuilt at once.
    """
    (first, later, days), alone = drawn
    now = moment(first[0].now)
    walk = Walk([*first, *later], days)
    with transaction.atomic():
        machines = machines_with(first)
        Counted.objects.bulk_create(
            Counted(machine=each, since=days[0], seen_on=days[0]) for each in machines
        )
        keys = [(each.pk, day) for each in machines for day in days]
        rebuild_days(keys, now=now)
        few_days = Period(days[0], days[-1])
        compare(machines, first, walk, [few_days])
        for machine, history, before in zip(machines, later, first, strict=True):
            correct(machine, history, before)
        for marked in (keys[:alone] + keys[alone + 1 :], keys[alone : alone + 1]):
            DirtyDay.objects.all().delete()
            DirtyDay.objects.bulk_create(DirtyDay(machine_id=pk, date=day) for pk, day in marked)
            assert rebuild_dirty_days(now=now) == len(marked)
        months = Period(days[0].replace(day=1), Period.month_of(days[-1]).last)
        compare(machines, later, walk, [months, few_days])
        kept = everything_kept()
        for rows in KEPT:
            rows.objects.all().delete()
        rebuild_days(keys, now=now)
        assert everything_kept() == kept
        transaction.set_rollback(True)


def _less(opened: list[tuple[int, int]], closures: list[tuple[int, int]]) -> list[tuple[int, int]]:
    for closed, reopened in closures:
        opened = [
            piece
            for start, end in opened
            for piece in ((start, min(end, closed)), (max(start, reopened), end))
            if piece[0] < piece[1]
        ]
    return opened


def _of_day(table: Table, day: date, names: tuple[str, ...]) -> dict[str, int]:
    rows = [row for (date_, _), row in table.items() if date_ == day]
    return {name: sum(row.get(name, 0) for row in rows) for name in names}


def everything_kept() -> dict[str, list[tuple[object, ...]]]:
    """Every row of the rollup."""
    return {rows.__name__: list(rows.objects.order_by("pk").values_list()) for rows in KEPT}


def correct(machine: Machine, later: History, before: History) -> None:
    """Take away what is not true any more."""
    if len(later.sessions) < len(before.sessions):
        UsageSession.objects.filter(machine=machine).order_by("pk")[:1].get().delete()
    if later.bookings != before.bookings:
        row = Reservation.objects.filter(machine=machine).order_by("pk")[:1].get()
        Reservation.objects.filter(pk=row.pk).update(
            state="cancelled", cancelled_late=later.bookings[0].cancelled_late, released_at=None
        )
    if before.faults:
        fault = Fault.objects.filter(machine=machine).order_by("pk")[:1].get()
        Stoppage.objects.filter(fault=fault).delete()
    Event.objects.filter(calendar__availability__kind=CalendarKind.CLOSED).delete()


def compare(
    machines: list[Machine], world: list[History], walk: Walk, reported: list[Period]
) -> None:
    """Every row of the rollup, and the reports of these periods, with what the oracle counts."""
    whole: dict[str, int] = defaultdict(int)
    for machine, history in zip(machines, world, strict=True):
        table, audiences = hours_by_brute_force(history, walk)
        assert told(from_rollup(UsageHour.objects.filter(machine=machine))) == told(table)
        for number, company in zip(COMPANIES, Company.objects.order_by("pk"), strict=True):
            of_company, _ = hours_by_brute_force(history, walk, number)
            theirs = CompanyHour.objects.filter(machine=machine, company=company)
            assert told(from_rollup(theirs)) == told(of_company)
        rows: list[dict[str, Any]] = list(UsageDay.objects.filter(machine=machine).values())
        for row in rows:
            expected = _of_day(table, row["date"], COLUMNS)
            expected |= _of_day(audiences, row["date"], BY_AUDIENCE)
            assert {name: row[name] for name in expected} == expected
            for name, seconds in expected.items():
                whole[name] += seconds
    full = saturated_by_brute_force(world, walk)
    for group in ("category", "pool"):
        hours = SaturatedHour.objects.filter(**{f"group__{group}__isnull": False})
        found = hours.values_list("date", "hour", "opened", "saturated")
        assert {(day, hour): (opened, busy) for day, hour, opened, busy in found} == full
    for period in reported:
        agree(machines, period, Totals(dict(whole)), full)


def agree(
    machines: list[Machine], period: Period, whole: Totals, full: dict[Any, tuple[int, int]]
) -> None:
    """A report says the same, from whichever rows it adds up."""
    report = report_of(Filters(scope=Scope.of_space(machines[0].space), period=period))
    for name in (*COLUMNS, *BY_AUDIENCE):
        seconds = whole.seconds(name)
        assert report.totals.seconds(name) == seconds
        assert sum(each.totals.seconds(name) for each in report.parts) == seconds
        assert sum(each.totals.seconds(name) for each in report.stretches) == seconds
    for name in ("opening", "used", "used_assumed", "booked"):
        by_hour = report.by_weekday_and_hour.values()
        assert sum(each.seconds(name) for each in by_hour) == whole.seconds(name)
    opened, saturated = (sum(row[place] for row in full.values()) for place in (0, 1))
    assert (report.saturated.numerator, report.saturated.denominator) == (saturated, opened)
