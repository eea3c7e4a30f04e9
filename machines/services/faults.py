"""Faults: found, and set right."""

from datetime import datetime

from django.db import transaction

from machines.models import Fault, Machine
from machines.services.dirty import mark_dirty
from members.models import Member
from spaces.intervals import Interval


@transaction.atomic
def report_fault(
    *, machine: Machine, summary: str, stops_machine: bool, by: Member | None, now: datetime
) -> Fault:
    """Write down what is broken; the machine is down from now on where it stops the machine."""
    fault = Fault.objects.create(
        machine=machine,
        summary=summary,
        stops_machine=stops_machine,
        starts_at=now,
        reported_by=by,
    )
    if stops_machine:
        mark_dirty([machine], Interval(now, now))
    return fault


@transaction.atomic
def resolve_fault(*, fault: Fault, by: Member | None, now: datetime) -> Fault:
    """End a fault; one that was already resolved stays as it is."""
    kept = Fault.objects.select_for_update().get(pk=fault.pk)
    if kept.ends_at is not None:
        return kept
    kept.ends_at = max(now, kept.starts_at)
    kept.resolved_by = by
    kept.save(update_fields=["ends_at", "resolved_by"])
    if kept.stops_machine:
        mark_dirty([kept.machine_id], Interval(kept.starts_at, kept.ends_at))
    return kept
