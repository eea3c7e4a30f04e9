"""How far each plan of upkeep has come, when it is due, and what was put aside for it."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import (
    Count,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, Greatest

from booking.models import Reservation, UsageSession
from booking.states import UPKEEP_AHEAD, UpkeepState
from machines.models import CounterReading, MaintenanceJob, MaintenancePlan
from machines.models.maintenance import MaintenancePlanQuerySet
from machines.states import UpkeepBasis
from machines.wear import RATE_OVER, Reading, Wear, counted, rate
from spaces.intervals import Interval
from spaces.models import Space

logger = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
PARTS = ("machine__space", "machine__category", "counter", "event")
JOBS_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a plan stands: what is used, when it is due, and the time that was put aside."""

    plan: MaintenancePlan
    wear: Wear
    due_on: date | None
    state: UpkeepState
    placed: Interval | None
    is_past: bool
    """Whether the time that was put aside is over, and nobody said that the job was done."""

    @property
    def is_to_be_placed(self) -> bool:
        """Whether it is due soon, and no time is put aside for it."""
        is_soon = self.state in {UpkeepState.DUE, UpkeepState.SOON}
        return is_soon and (self.placed is None or self.is_past)

    @property
    def percent(self) -> int:
        """How much is used, for people."""
        return int(self.wear.share * 100)

    @property
    def used(self) -> int:
        """How much is used, in whole units."""
        return int(self.wear.used)


def standings_in(space: Space, *, now: datetime) -> list[Standing]:
    """Every plan of a space, what is due first; four queries for any number."""
    return standings_of(MaintenancePlan.objects.active().filter(machine__space=space), now=now)


def standings_of(plans: MaintenancePlanQuerySet, *, now: datetime) -> list[Standing]:
    """Where each of `plans` stands, what is due first; three queries for any number."""
    return sorted((tell() for tell in _by_plan(plans, now).values()), key=_soonest)


def standings_told(plans: MaintenancePlanQuerySet, *, now: datetime) -> list[Standing]:
    """The same of those of which it can be told; any other is logged and left out."""
    found = []
    for plan, tell in _by_plan(plans, now).items():
        try:
            found.append(tell())
        except Exception:
            logger.exception("Where the maintenance plan %s stands cannot be told", plan.pk)
    return sorted(found, key=_soonest)


def jobs_of(**where: Any) -> QuerySet[MaintenanceJob]:
    """What was done, latest first, with whom and on what."""
    rows = MaintenanceJob.objects.filter(**where)
    return rows.select_related("machine__space", "done_by").order_by("-done_at", "-pk")


def _by_plan(
    plans: MaintenancePlanQuerySet, now: datetime
) -> dict[MaintenancePlan, Callable[[], Standing]]:
    """What tells where each of `plans` stands; all that it reads is there already."""
    rows: list[Any] = list(_with_use(plans, now).select_related(*PARTS))
    readings = _readings(row.counter_id for row in rows if row.counter_id)
    placed = _placed(row.event_id for row in rows if row.event_id)
    return {
        row: partial(
            _standing,
            row,
            readings.get(row.counter_id or 0, []),
            placed.get(row.event_id or 0),
            now,
        )
        for row in rows
    }


def _soonest(standing: Standing) -> tuple[date, int]:
    return standing.due_on or date.max, standing.plan.pk


def _with_use(plans: MaintenancePlanQuerySet, now: datetime) -> QuerySet[MaintenancePlan]:
    """The plans with the time and the number of uses, since the last job and lately."""
    lately = Value(now - RATE_OVER, output_field=DateTimeField())
    since = OuterRef("counted_from")
    return plans.annotate(
        use=_time_of_use(since, now),
        uses=_number_of_uses(since, now),
        use_lately=_time_of_use(lately, now),
        uses_lately=_number_of_uses(lately, now),
    )


def _time_of_use(since: Any, now: datetime) -> Coalesce:
    moment = DateTimeField()
    end = Coalesce("ended_at", Value(now, output_field=moment))
    length = ExpressionWrapper(
        end - Greatest("started_at", since, output_field=moment), output_field=DurationField()
    )
    sums = (
        UsageSession.objects.filter(
            Q(ended_at=None) | Q(ended_at__gt=since), machine=OuterRef("machine")
        )
        .filter(started_at__lt=now)
        .order_by()
        .values("machine")
        .annotate(total=Sum(length))
        .values("total")
    )
    return Coalesce(Subquery(sums), Value(timedelta(0)), output_field=DurationField())


def _number_of_uses(since: Any, now: datetime) -> Coalesce:
    counts = (
        UsageSession.objects.filter(
            machine=OuterRef("machine"), started_at__gte=since, started_at__lt=now
        )
        .order_by()
        .values("machine")
        .annotate(total=Count("pk"))
        .values("total")
    )
    return Coalesce(Subquery(counts), Value(0))


def _readings(counters: Iterable[int]) -> dict[int, list[Reading]]:
    found: dict[int, list[Reading]] = {}
    rows = CounterReading.objects.standing().filter(counter__in=set(counters))
    for row in rows.order_by():
        reading = Reading(
            read_at=row.read_at,
            value=row.value,
            is_restart=row.is_restart,
            by_device=row.by_device,
        )
        found.setdefault(row.counter_id, []).append(reading)
    return found


def _placed(events: Iterable[int]) -> dict[int, Interval]:
    """The time that each of these dates holds."""
    rows = Reservation.objects.maintenance().filter(event__in=set(events)).order_by("-starts_at")
    spans = rows.values_list("event", "starts_at", "ends_at")
    return {event: Interval(start, end) for event, start, end in spans}


def _standing(
    row: Any, readings: list[Reading], placed: Interval | None, now: datetime
) -> Standing:
    zone = row.machine.space.zone
    today = now.astimezone(zone).date()
    since = row.counted_from.astimezone(zone).date()
    basis, before = UpkeepBasis(row.basis), Decimal(row.used_before)
    used, lately = {
        UpkeepBasis.DAYS: lambda: (Decimal(max(0, (today - since).days)), Decimal(0)),
        UpkeepBasis.HOURS: lambda: (before + _hours(row.use), _hours(row.use_lately)),
        UpkeepBasis.CYCLES: lambda: (before + Decimal(row.uses), Decimal(row.uses_lately)),
        UpkeepBasis.COUNTER: lambda: (
            counted(readings, since=row.counted_from, until=now),
            counted(readings, since=now - RATE_OVER, until=now),
        ),
    }[basis]()
    wear = Wear(
        basis=basis, every=row.every, since=since, used=used, per_day=rate(lately, RATE_OVER)
    )
    due_on = wear.due_on(today)
    return Standing(
        plan=row,
        wear=wear,
        due_on=due_on,
        state=_state(due_on, today),
        placed=placed,
        is_past=placed is not None and placed.end <= now,
    )


def _state(due_on: date | None, today: date) -> UpkeepState:
    if due_on is None:
        return UpkeepState.UNKNOWN
    if due_on <= today:
        return UpkeepState.DUE
    return UpkeepState.SOON if due_on - today <= UPKEEP_AHEAD else UpkeepState.LATER


def _hours(length: timedelta) -> Decimal:
    return Decimal(length // timedelta(seconds=1)) / (HOUR // timedelta(seconds=1))
