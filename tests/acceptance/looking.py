"""Actions that only look: the calendar of a machine, the figures of a machine or a pool."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from booking.lane_parts import Item, ItemKind, Mark
from booking.queries.board import viewer_in, week_of
from machines.models import Machine
from members.models import Member
from reports.definitions import RATES, TERMS
from reports.figures import Totals
from reports.hours import COLUMNS, Calendar, figures_of
from reports.queries.log import logs_of
from reports.queries.usage import totals_of
from reports.services.rollup import rebuild_days
from reports.spans import Cell, span_of
from spaces.intervals import DAY, Interval, local_dates, local_days, wall_time, week_start
from tests.acceptance.answers import Action, Answer
from tests.acceptance.form import Facts
from tests.acceptance.world import World

KEPT = {ItemKind.RESERVED, ItemKind.OWN, ItemKind.COMPANY}
"""What is reserved by somebody, however it is drawn."""

WALL = "%Y-%m-%dT%H:%M"
SECONDS_PER_HOUR = 3600


def view_calendar(world: World, step: Facts) -> Answer:
    """What somebody sees of a machine, or of the units of a pool, in the weeks of a window."""
    person, window = world.person(step["by"]), world.interval(step)
    zone = world.space.zone
    entries = []
    for machine in world.units(step["target"]):
        shown = {each.starts_at: each for each in _items(world, machine, person, window)}
        for moment, item in sorted(shown.items()):
            start, end = (datetime.fromtimestamp(each, tz=zone) for each in (moment, item.ends_at))
            if start < window.end and end > window.start:
                entries.append(
                    {
                        "unit": world.name_of(machine),
                        "start": start.strftime(WALL),
                        "end": end.strftime(WALL),
                        "shows": "full" if item.href else "busy_only",
                        "text": f"{item.name} {item.detail}",
                    }
                )
    return {"result": "entries", "entries": entries}


def _items(world: World, machine: Machine, person: Member, window: Interval) -> Iterable[Item]:
    """What the calendar shows as reserved in every week that the window touches."""
    viewer = viewer_in(person, world.space)
    days = local_dates(window, world.space.zone)
    for first in sorted({week_start(day) for day in days}):
        for row in week_of(machine, first, viewer=viewer, now=world.now).rows:
            for lane in row.lanes:
                yield from (
                    item
                    for item in lane.items
                    if item.kind in KEPT and Mark.GONE not in item.marks.split()
                )


def report(world: World, step: Facts) -> Answer:
    """Every figure over the machine or pool from one wall time up to another."""
    totals = _totals(world, world.units(step["target"]), world.interval(step))
    figures = {term.id: Decimal(totals.seconds(term.column)) / SECONDS_PER_HOUR for term in TERMS}
    rates = {rate.id: totals.share(rate.id).rate for rate in RATES}
    told = {
        name: None if value is None else float(value) for name, value in (figures | rates).items()
    }
    return {"result": "figures", "figures": told}


def _totals(world: World, machines: list[Machine], window: Interval) -> Totals:
    """The sums over a window: from the rollup, or from the log where it cuts an hour."""
    zone = world.space.zone
    days = local_dates(window, zone)
    first, last = (wall_time(moment, zone) for moment in (window.start, window.end))
    if first.minute or last.minute:
        log = logs_of(machines, local_days(days[0], days[-1] + DAY, zone), now=world.now)
        cell = Cell(*span_of(window.start, window.end), first.date(), first.hour)
        hours = figures_of(log, Calendar([cell])).hours
        return Totals.of(dict(zip(COLUMNS, row, strict=True)) for row in hours.sums.tolist())
    pks = [machine.pk for machine in machines]
    rebuild_days({(pk, day) for pk in pks for day in days}, now=world.now)
    return totals_of(pks, (first.date(), first.hour), (last.date(), last.hour))


ACTIONS: tuple[Action, ...] = (view_calendar, report)
