"""Faults: found, judged, taken on, talked about, and set right.

Every change is one line in the log of the fault, and writes who stands still for it
(`stoppages.py`). Whom that displaces, and who is told, is decided on a higher floor.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from django.core.files.base import File
from django.db import transaction

from machines.models import Fault, FaultEntry, FaultPhoto, Machine
from machines.services.holding import hold_machines_of
from machines.services.stoppages import follow
from machines.states import FaultEvent, Found, Severity
from members.models import Member

Photos = Sequence["File[bytes]"]
Amount = TypeVar("Amount", int, Decimal)


class FaultClosed(Exception):
    """Nothing can be done about a fault that somebody has resolved meanwhile."""


class NotTheSame(Exception):
    """A fault of another machine, or one that stands for this one already, is no original of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the staff makes of a fault; what could hurt somebody stops the machine always."""

    severity: Severity
    stops_machine: bool
    known: str = ""
    expected_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """What was done, how long it took and what it cost; added to what was spent before."""

    text: str = ""
    minutes: int | None = None
    cost: Decimal | None = None


@transaction.atomic
def report_fault(
    *,
    machine: Machine,
    summary: str,
    stops_machine: bool,
    by: Member | None,
    now: datetime,
    severity: Severity | None = None,
    expected_at: datetime | None = None,
    found: Found | None = None,
    is_unstopped_hazard: bool = False,
    photos: Photos = (),
) -> Fault:
    """Write down what is broken; the machine, and all that need it, are down where that stops it.

    With `found` it comes from whoever was there, and the staff has still to look at it; what they
    have fixed already is resolved. What `is_unstopped_hazard` is serious, and stops nothing yet.
    """
    hold_machines_of(machine.space_id)
    is_fixed = found == Found.FIXED
    stops = (stops_machine or severity == Severity.HAZARD) and not is_fixed
    fault = Fault.objects.create(
        machine=machine,
        summary=summary,
        found=found or "",
        severity=_severity(severity, stops=stops, is_fixed=is_fixed),
        stops_machine=stops,
        is_unstopped_hazard=is_unstopped_hazard,
        starts_at=now,
        expected_at=expected_at,
        ends_at=now if is_fixed else None,
        judged_at=None if found else now,
        reported_by=by,
        resolved_by=by if is_fixed else None,
        resolution=summary if is_fixed else "",
    )
    _note(fault, FaultEvent.REPORTED, by=by, now=now, photos=photos)
    follow(fault, now=now)
    return fault


def _severity(told: Severity | None, *, stops: bool, is_fixed: bool) -> Severity:
    if is_fixed:
        return Severity.MINOR
    return told or (Severity.SERIOUS if stops else Severity.HAMPERS)


@transaction.atomic
def judge(*, fault: Fault, judgement: Judgement, by: Member, now: datetime) -> Fault:
    """Say how bad it is, whether it stops the machine, and until when; raises FaultClosed."""
    kept = _held(fault)
    kept.severity = judgement.severity
    kept.stops_machine = judgement.stops_machine or judgement.severity == Severity.HAZARD
    news = judgement.known if judgement.known != kept.known else ""
    kept.known, kept.expected_at, kept.judged_at = judgement.known, judgement.expected_at, now
    kept.is_unstopped_hazard = False
    kept.save(
        update_fields=[
            "severity", "stops_machine", "known", "expected_at", "judged_at", "is_unstopped_hazard",
        ]
    )  # fmt: skip
    _note(kept, FaultEvent.JUDGED, by=by, now=now, text=news)
    follow(kept, now=now)
    return kept


@transaction.atomic
def assign(*, fault: Fault, to: Member | None, by: Member, now: datetime) -> Fault:
    """Have `to` look after it, or nobody; raises FaultClosed."""
    kept = _held(fault)
    if kept.assigned_to_id == (to.pk if to else None):
        return kept
    kept.assigned_to = to
    kept.save(update_fields=["assigned_to"])
    _note(kept, FaultEvent.ASSIGNED, by=by, now=now, text=to.name if to else "", is_shared=False)
    return kept


@transaction.atomic
def comment(
    *,
    fault: Fault,
    text: str,
    by: Member,
    now: datetime,
    is_shared: bool = True,
    photos: Photos = (),
) -> FaultEntry:
    """Add a word, or a photo, to an open fault or to one that is resolved."""
    return _note(
        fault, FaultEvent.COMMENT, by=by, now=now, text=text, is_shared=is_shared, photos=photos
    )


@transaction.atomic
def mark_duplicate(*, fault: Fault, original: Fault, by: Member, now: datetime) -> Fault:
    """Close `fault` as the same as `original`, which then stops the machine where this one did.

    Raises FaultClosed where either is closed, and NotTheSame.
    """
    kept, first = _held(fault), _held(original)
    if kept.pk == first.pk or kept.machine_id != first.machine_id:
        raise NotTheSame
    if kept.stops_machine and not first.stops_machine:
        first.stops_machine, first.severity = True, kept.severity
        first.save(update_fields=["stops_machine", "severity"])
    follow(first, now=now)
    kept.duplicates.update(duplicate_of=first)
    kept.duplicate_of, kept.ends_at, kept.resolved_by = first, max(now, kept.starts_at), by
    kept.judged_at = kept.judged_at or now
    kept.save(update_fields=["duplicate_of", "ends_at", "resolved_by", "judged_at"])
    _note(kept, FaultEvent.DUPLICATE, by=by, now=now, text=first.summary)
    follow(kept, now=now)
    return kept


@transaction.atomic
def resolve_fault(
    *,
    fault: Fault,
    by: Member | None,
    now: datetime,
    repair: Repair | None = None,
    photos: Photos = (),
) -> Fault:
    """End a fault; one that was already resolved stays as it is."""
    try:
        kept = _held(fault)
    except FaultClosed:
        return Fault.objects.get(pk=fault.pk)
    repair = repair or Repair()
    kept.ends_at, kept.resolved_by = max(now, kept.starts_at), by
    kept.judged_at = kept.judged_at or now
    kept.resolution = repair.text or kept.resolution
    kept.minutes_spent = _sum(kept.minutes_spent, repair.minutes)
    kept.cost = _sum(kept.cost, repair.cost)
    kept.save(
        update_fields=[
            "ends_at", "resolved_by", "judged_at", "resolution", "minutes_spent", "cost",
        ]
    )  # fmt: skip
    _note(kept, FaultEvent.RESOLVED, by=by, now=now, text=repair.text, photos=photos)
    follow(kept, now=now)
    return kept


@transaction.atomic
def reopen(*, fault: Fault, by: Member, now: datetime, text: str = "") -> Fault:
    """Open a resolved fault again: it stops from now on whom it stopped before."""
    hold_machines_of(fault.machine.space_id)
    kept = Fault.objects.select_for_update(of=("self",)).select_related("machine").get(pk=fault.pk)
    if kept.is_open:
        return kept
    kept.ends_at, kept.resolved_by, kept.duplicate_of, kept.expected_at = None, None, None, None
    kept.save(update_fields=["ends_at", "resolved_by", "duplicate_of", "expected_at"])
    _note(kept, FaultEvent.REOPENED, by=by, now=now, text=text)
    follow(kept, now=now)
    return kept


def _held(fault: Fault) -> Fault:
    """The fault as it is now, kept from others until the transaction ends; raises FaultClosed."""
    hold_machines_of(fault.machine.space_id)
    kept = Fault.objects.select_for_update(of=("self",)).select_related("machine").get(pk=fault.pk)
    if not kept.is_open:
        raise FaultClosed
    return kept


def _note(
    fault: Fault,
    event: FaultEvent,
    *,
    by: Member | None,
    now: datetime,
    text: str = "",
    is_shared: bool = True,
    photos: Photos = (),
) -> FaultEntry:
    """One line of the log, with how the fault is judged at that moment."""
    entry = FaultEntry.objects.create(
        fault=fault,
        event=event,
        text=text,
        severity=fault.severity,
        stops_machine=fault.stops_machine,
        expected_at=fault.expected_at,
        is_shared=is_shared,
        created_at=now,
        created_by=by,
    )
    for photo in photos:
        FaultPhoto.objects.create(entry=entry, file=photo)
    return entry


def _sum(before: Amount | None, added: Amount | None) -> Amount | None:
    """What was spent in all."""
    if before is None or added is None:
        return added if before is None else before
    return before + added
