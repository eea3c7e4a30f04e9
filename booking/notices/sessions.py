"""What people are told of use: that it lasts too long, that nobody ended it, that it was corrected.

Whoever waits for a machine is never told who has it.
"""

from datetime import datetime
from typing import Any

from django.utils.translation import override

from booking.models import Correction, Reservation, UsageSession
from booking.notices.kinds import (
    CHECK_OUT_ASSUMED,
    CORRECTION_DECIDED,
    CORRECTION_TO_DECIDE,
    STILL_IN_USE,
    USE_OVERRUNS,
)
from booking.notices.telling import (
    addressed,
    ask_the_staff,
    context_of,
    doer_told,
    member_told,
    page,
    place_of_machine,
)
from booking.queries.overruns import Overrun
from booking.states import OVERRUN_NOTICE, CorrectionState
from machines.models import Machine
from notifications import outbox
from notifications.models import Message


def use_overruns(overrun: Overrun, *, now: datetime) -> None:
    """Tell who uses the machine that their time is over, and who is next that they may wait."""
    session, held_up = overrun
    messages = [_to_the_user(session, is_awaited=held_up is not None, now=now)]
    if held_up is not None:
        messages.append(_to_the_next(session, held_up, now=now))
    outbox.post(*(message for message in messages if message is not None))


def check_out_assumed(session: UsageSession, *, now: datetime) -> None:
    """Tell who forgot to check out which end was written down for them."""
    outbox.withdraw(subject_key=session.subject_key, kinds=(USE_OVERRUNS,))
    if session.member is None or session.ended_at is None:
        return
    message = _of_session(
        session, CHECK_OUT_ASSUMED, ends_at=session.ended_at, key=str(session.pk), now=now
    )
    outbox.post(message)


def correction_asked(correction: Correction, *, now: datetime) -> None:
    """Ask the staff of the space to decide."""
    space = correction.session.machine.space
    ask_the_staff(
        space,
        CORRECTION_TO_DECIDE,
        subject_key=correction.session.subject_key,
        event=str(correction.pk),
        context=_of_correction(correction)
        | {"member": str(correction.asked_by), "url": page("space_use", space.slug)},
        now=now,
        expires_at=None,
    )


def correction_decided(correction: Correction, *, now: datetime) -> None:
    """Tell who asked for it what was decided; nobody need decide any more."""
    key = correction.session.subject_key
    outbox.withdraw(subject_key=key, kinds=(CORRECTION_TO_DECIDE,))
    reader = correction.asked_by
    if reader == correction.decided_by:
        return
    with override(reader.language):
        context = _of_correction(correction) | {
            "name": reader.name,
            "is_accepted": correction.state == CorrectionState.ACCEPTED,
            "reason": correction.decision,
            **doer_told(correction.decided_by, reader),
        }
    outbox.post(
        outbox.draft(
            recipient=reader,
            space_key=str(correction.session.machine.space_id),
            kind=CORRECTION_DECIDED,
            subject_key=key,
            dedupe_key=f"{CORRECTION_DECIDED}:{correction.pk}",
            context=context,
            send_after=now,
        )
    )


def _to_the_user(session: UsageSession, *, is_awaited: bool, now: datetime) -> Message | None:
    """Told once for each end, and once more when somebody waits."""
    if session.member is None or session.expected_end_at is None:
        return None
    key = f"{session.pk}:{int(session.expected_end_at.timestamp())}:{int(is_awaited)}"
    message = _of_session(session, USE_OVERRUNS, ends_at=session.expected_end_at, key=key, now=now)
    message.context["is_awaited"] = is_awaited
    return message


def _to_the_next(session: UsageSession, row: Reservation, *, now: datetime) -> Message | None:
    member = member_told(row)
    if member is None or session.expected_end_at is None:
        return None
    with override(member.language):
        context = context_of(row, by=None)
    context |= {"session": session.pk, "expected_end_at": session.expected_end_at.isoformat()}
    return outbox.draft(
        **addressed(row),
        kind=STILL_IN_USE,
        subject_key=row.subject_key,
        dedupe_key=f"{STILL_IN_USE}:{session.pk}:{row.pk}:{row.sequence}",
        context=context,
        send_after=now,
        expires_at=max(row.starts_at, now) + OVERRUN_NOTICE,
    )


def _of_session(
    session: UsageSession, kind: str, *, ends_at: datetime, key: str, now: datetime
) -> Message:
    """A message to who uses the machine."""
    member = session.member
    with override(member.language if member else None):
        context = _of_use(session.machine, session.started_at, ends_at) | {
            "name": member.name if member else "",
            "url": page("session", session.pk),
            "session": session.pk,
        }
    return outbox.draft(
        recipient=member,
        space_key=str(session.machine.space_id),
        kind=kind,
        subject_key=session.subject_key,
        dedupe_key=f"{kind}:{key}",
        context=context,
        send_after=now,
    )


def _of_correction(correction: Correction) -> dict[str, Any]:
    session = correction.session
    told = _of_use(correction.machine, correction.started_at, correction.ended_at) | {
        "reason": correction.reason,
        "holder": str(correction.member) if correction.member else "",
        "url": page("session", session.pk),
    }
    if session.ended_at is not None:
        told["previous_starts_at"] = session.started_at.isoformat()
        told["previous_ends_at"] = session.ended_at.isoformat()
    return told


def _of_use(machine: Machine, starts_at: datetime, ends_at: datetime) -> dict[str, Any]:
    """What the facts of a message name."""
    return {
        "machine": machine.name,
        "space": machine.space.name,
        "place": place_of_machine(machine),
        "zone": machine.space.timezone,
        "starts_at": starts_at.isoformat(),
        "ends_at": ends_at.isoformat(),
        "purpose": "",
        "company": "",
    }
