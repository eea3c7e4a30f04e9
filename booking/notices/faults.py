"""Which message follows when a machine breaks: to the staff, to who reported it, to who comes."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import override

from booking.models import Reservation
from booking.notices.kinds import (
    FAULT_ASSIGNED,
    FAULT_NEWS,
    FAULT_OVERDUE,
    FAULT_REPORTED,
    MACHINE_STOPPED,
    MACHINE_WORKS,
)
from booking.notices.telling import addressed, ask_the_staff, context_of, member_told, page
from booking.queries.people import staff_of
from booking.queries.stops import InVain
from machines.models import Fault, FaultEntry
from machines.queries.faults import reporters_of
from machines.states import FaultEvent, Severity
from members.models import Member
from notifications import outbox
from notifications.models import Message
from notifications.states import TOLD as SENT

MOMENT = timedelta(microseconds=1)

TOLD = (
    FaultEvent.JUDGED,
    FaultEvent.COMMENT,
    FaultEvent.DUPLICATE,
    FaultEvent.RESOLVED,
    FaultEvent.REOPENED,
)
"""Of what happens to a fault that of which its reporter is told."""


def fault_reported(fault: Fault, *, now: datetime) -> None:
    """Tell the staff what somebody saw at a machine."""
    ask_the_staff(
        fault.machine.space,
        FAULT_REPORTED,
        subject_key=fault.subject_key,
        event=str(fault.pk),
        context=_for_staff(fault),
        now=now,
        expires_at=None,
    )


def fault_assigned(fault: Fault, *, by: Member, now: datetime) -> None:
    """Tell who is to look after a fault; who takes it on themselves knows."""
    if fault.assigned_to is None or fault.assigned_to == by:
        return
    outbox.post(
        _to_staff(fault, FAULT_ASSIGNED, fault.assigned_to, now.isoformat(), by=by, now=now)
    )


def faults_overdue(faults: Sequence[Fault], *, now: datetime) -> int:
    """Ask who looks after each fault, or else all of the staff, whether it is mended; once each.

    Returns how many messages were new.
    """
    staff = staff_of({fault.machine.space_id for fault in faults})
    letters = [
        _to_staff(fault, FAULT_OVERDUE, reader, f"{fault.expected_at:%Y%m%dT%H%M}", now=now)
        for fault in faults
        for reader in (
            [fault.assigned_to] if fault.assigned_to else staff.get(fault.machine.space_id, [])
        )
    ]
    return _post_new(letters)


def fault_news(fault: Fault, *, by: Member | None, now: datetime) -> None:
    """Tell who has reported a fault what happened to it last, where they are to know."""
    entry = fault.entries.order_by("-created_at", "-pk").first()
    if entry is None or entry.event not in TOLD or not entry.is_shared:
        return
    outbox.post(
        *(
            outbox.draft(
                recipient=reader,
                space_key=str(fault.machine.space_id),
                kind=FAULT_NEWS,
                subject_key=fault.subject_key,
                dedupe_key=f"{FAULT_NEWS}:{entry.pk}:{reader.pk}",
                context=_news(fault, entry, reader, by),
                send_after=now,
            )
            for reader in reporters_of(fault)
            if reader != by
        )
    )


def machines_stand_still(pairs: Iterable[InVain], *, by: Member | None, now: datetime) -> int:
    """Tell who comes soon that the machine stands still, and again where it takes longer."""
    letters = [
        _to_holder(
            row,
            MACHINE_STOPPED,
            event=f"{stoppage.pk}:{row.sequence}:{_day(stoppage.fault)}",
            fault=stoppage.fault,
            now=now,
        )
        for row, stoppage in pairs
        if row.member != by
    ]
    return _post_new(filter(None, letters))


def machines_work(rows: Sequence[Reservation], *, now: datetime) -> None:
    """Tell who was told that a machine stood still that it works when they come.

    Where they have not been told yet, nobody need be.
    """
    keys = [row.subject_key for row in rows]
    outbox.withdraw_all(subject_keys=keys, kinds=[MACHINE_STOPPED])
    told = Message.objects.filter(subject_key__in=keys, kind=MACHINE_STOPPED, state__in=SENT)
    last = dict(told.order_by("pk").values_list("subject_key", "pk"))
    letters = [
        _to_holder(row, MACHINE_WORKS, event=str(last[row.subject_key]), fault=None, now=now)
        for row in rows
        if row.subject_key in last
    ]
    _post_new(filter(None, letters))


def _post_new(messages: Iterable[Message]) -> int:
    letters = {message.dedupe_key: message for message in messages}
    new = outbox.unknown(letters)
    outbox.post(*(message for key, message in letters.items() if key in new))
    return len(new)


def _to_staff(
    fault: Fault,
    kind: str,
    reader: Member,
    event: str,
    *,
    now: datetime,
    by: Member | None = None,
) -> Message:
    return outbox.draft(
        recipient=reader,
        space_key=str(fault.machine.space_id),
        kind=kind,
        subject_key=fault.subject_key,
        dedupe_key=f"{kind}:{fault.pk}:{reader.pk}:{event}",
        context=_for_staff(fault) | {"name": reader.name, "by": str(by or "")},
        send_after=now,
    )


def _to_holder(
    row: Reservation, kind: str, *, event: str, fault: Fault | None, now: datetime
) -> Message | None:
    member = member_told(row)
    if member is None:
        return None
    with override(member.language):
        context = context_of(row, by=None) | {
            "lost_machine": fault.machine.name if fault else row.machine.name,
            "reason": _told_to_all(fault) if fault else "",
            **({"end_date": _day(fault)} if fault and _day(fault) else {}),
        }
    return outbox.draft(
        **addressed(row),
        kind=kind,
        subject_key=row.subject_key,
        dedupe_key=f"{kind}:{row.uid}:{event}",
        context=context,
        send_after=now,
        expires_at=row.ends_at,
    )


def _news(fault: Fault, entry: FaultEntry, reader: Member, by: Member | None) -> dict[str, Any]:
    """What happened, in words that the templates choose by `what`."""
    return _context(fault, url=page("fault", fault.pk)) | {
        "name": reader.name,
        "by": str(by or ""),
        "what": entry.event,
        "note": entry.text,
    }


def _for_staff(fault: Fault) -> dict[str, Any]:
    """What happened, who saw it, and where to see to it."""
    url = page("fault_care", fault.machine.space.slug, fault.pk)
    return _context(fault, url=url) | {"reporter": str(fault.reported_by or "")}


def _context(fault: Fault, *, url: str) -> dict[str, Any]:
    """What the templates need of a fault, as JSON."""
    machine = fault.machine
    return {
        "machine": machine.name,
        "space": machine.space.name,
        "zone": machine.space.timezone,
        "summary": fault.summary,
        "known": fault.known,
        "is_hazard": fault.severity == Severity.HAZARD or fault.is_unstopped_hazard,
        "is_stopped": fault.is_open and fault.stops_machine,
        "is_fixed": fault.judged_at is None and not fault.is_open,
        "url": url,
        **({"end_date": _day(fault)} if _day(fault) else {}),
    }


def _day(fault: Fault) -> str:
    """The day by the end of which an open fault is thought to be mended; empty where unknown."""
    if not fault.is_open or fault.expected_at is None:
        return ""
    return str((fault.expected_at - MOMENT).astimezone(fault.machine.space.zone).date())


def _told_to_all(fault: Fault) -> str:
    """The words of a fault that are for everybody: those that the staff has looked at."""
    return fault.summary if fault.judged_at is not None else ""
