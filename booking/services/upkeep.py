"""Planned maintenance, changed by the staff of a machine and held in the same breath."""

from datetime import datetime
from typing import Any

from django.db import transaction
from schedule.models import Event

from booking.services.blocking import materialise_maintenance
from machines.models import Machine
from machines.services import calendars


@transaction.atomic
def plan_upkeep(*, machine: Machine, now: datetime, **job: Any) -> Event:
    """Plan maintenance and hold the machine for it; raises ValidationError as the calendar does.

    A date for which somebody else has the machine is left to the job, which tries again.
    """
    event = calendars.plan_maintenance(machine=machine, now=now, **job)
    materialise_maintenance(now, only=machine)
    return event


@transaction.atomic
def drop_date(*, machine: Machine, event: Event, original_start: datetime, now: datetime) -> None:
    """Take one date of a job back and free its time; raises NotADate."""
    calendars.cancel_occurrence(event=event, original_start=original_start, now=now)
    materialise_maintenance(now, only=machine)


@transaction.atomic
def end_upkeep(*, machine: Machine, event: Event, now: datetime) -> None:
    """Take a job back with all its dates to come and free their time."""
    calendars.remove_event(event=event, now=now)
    materialise_maintenance(now, only=machine)
