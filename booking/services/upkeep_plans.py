"""Upkeep that comes again: put aside in free time near the day on which it is due, and done."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile
from django.db import transaction
from schedule.models import Event

from booking.queries.availability import machine_times
from booking.queries.terms import terms_of_many
from booking.queries.wear import Standing, standings_of, standings_told
from booking.services.locking import in_transaction, lock
from booking.services.settling import settle_each
from booking.services.upkeep import end_upkeep, plan_upkeep
from booking.states import UPKEEP_AHEAD
from booking.upkeep_time import days_around, first_fitting, longest_stretch
from machines.models import MaintenanceJob, MaintenancePlan
from machines.services.calendars import AlreadyOver
from machines.services.maintenance import read_counter
from members.models import Member
from members.states import Audience
from spaces.intervals import DAY, Interval, intersect


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What staff says of a job: when, which steps, what was used, and what a counter shows."""

    done_at: datetime
    ticked: frozenset[int] = frozenset()
    parts: str = ""
    cost: Decimal | None = None
    note: str = ""
    photo: "ContentFile[bytes] | None" = None
    reading: Decimal | None = None
    is_restart: bool = False


def place_due(now: datetime) -> int:
    """Put time aside for all upkeep that is due soon and has none; for how many there was some.

    Nobody is displaced: what finds no free time is left to the staff. What was put aside once and
    taken back is not put aside again before the job is done. A plan that breaks is logged and
    does not hold up the others.
    """
    plans = MaintenancePlan.objects.active().filter(event=None)
    due = [each.plan for each in standings_told(plans, now=now) if each.is_to_be_placed]
    return settle_each(due, lambda plan: place(plan=plan, now=now) is not None)


def place(*, plan: MaintenancePlan, now: datetime) -> Interval | None:
    """Put free time aside for the next job of `plan`, which is due soon.

    None where there is none near the day. What is put aside already stays.
    """

    def work() -> Interval | None:
        lock(machines=[plan.machine_id])
        standing = _held(plan, now)
        if standing is None or not standing.is_to_be_placed:
            return standing.placed if standing else None
        span = free_time_for(standing, now=now)
        if span is not None:
            row = standing.plan
            row.event = plan_upkeep(machine=row.machine, now=now, title=row.title, interval=span)
            row.save(update_fields=["event"])
        return span

    return in_transaction(work)


def free_time_for(standing: Standing, *, now: datetime) -> Interval | None:
    """Free time of the machine near the day, while staff is there where a space says when."""
    free, days, zone = _free_near(standing, now)
    return first_fitting(free, standing.plan.duration, days, zone)


def best_near(standing: Standing, *, now: datetime) -> Interval | None:
    """The longest time at a stretch that could be put aside, where all that is needed is not."""
    free, days, zone = _free_near(standing, now)
    return longest_stretch(free, days, zone)


def _free_near(standing: Standing, now: datetime) -> tuple[list[Interval], list[date], ZoneInfo]:
    """Time in which nobody is in the way of a plan, and the days by how near they are."""
    machine, zone = standing.plan.machine, standing.plan.machine.space.zone
    today = now.astimezone(zone).date()
    first, last = today, today + 2 * UPKEEP_AHEAD
    window = Interval(now, now + 2 * UPKEEP_AHEAD + DAY)
    terms = terms_of_many([machine], audience=Audience.STAFF)
    time = machine_times([machine], window, now=now, terms=terms)[machine.pk]
    free = intersect(time.free, time.staffed) if time.staffed else list(time.free)
    days = days_around(standing.due_on or today, first=first, last=last)
    return free, list(days), zone


def record_job(*, plan: MaintenancePlan, done: Done, by: Member, now: datetime) -> MaintenanceJob:
    """Write down that a job was done; the plan counts from then, and time still put aside is free.

    A job that is told late never puts the count back. Raises ReadingOutOfLine.
    """

    def work() -> MaintenanceJob:
        lock(machines=[plan.machine_id])
        if plan.counter is not None and done.reading is not None:
            read_counter(
                counter=plan.counter,
                value=done.reading,
                by=by,
                now=done.done_at,
                is_restart=done.is_restart,
            )
        standing = _held(plan, now)
        row = standing.plan if standing else plan
        job = MaintenanceJob(
            machine=row.machine,
            plan=row,
            title=row.title,
            done_at=done.done_at,
            done_by=by,
            steps=[
                {"text": text, "is_done": number in done.ticked}
                for number, text in enumerate(row.steps)
            ],
            parts=done.parts,
            cost=done.cost,
            note=done.note,
            used=standing.wear.used if standing else None,
        )
        if done.photo is not None:
            job.photo.save(done.photo.name or "photo.jpg", done.photo, save=False)
        job.save()
        if done.done_at >= row.counted_from:
            row.counted_from, row.used_before = done.done_at, Decimal(0)
        _let_go(row, now)
        return job

    return in_transaction(work)


@transaction.atomic
def end_plan(*, plan: MaintenancePlan, now: datetime) -> None:
    """Let the job not come again; what was done stays written, time put aside is free."""
    lock(machines=[plan.machine_id])
    row = MaintenancePlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    row.ended_at = now
    _let_go(row, now)


def _held(plan: MaintenancePlan, now: datetime) -> Standing | None:
    """Where the plan stands, held until the transaction ends; None once it has ended."""
    MaintenancePlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    found = standings_of(MaintenancePlan.objects.active().filter(pk=plan.pk), now=now)
    return found[0] if found else None


def _let_go(plan: MaintenancePlan, now: datetime) -> None:
    """Save the plan without the date that was put aside, as far as it is still to come."""
    event = Event.objects.filter(pk=plan.event_id).first() if plan.event_id else None
    plan.event = None
    plan.save(update_fields=["counted_from", "used_before", "ended_at", "event"])
    if event is None:
        return
    with suppress(AlreadyOver):
        end_upkeep(machine=plan.machine, event=event, now=now)
