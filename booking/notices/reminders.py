"""The one reminder of each reservation, kept in line with it."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from booking.models import ReminderRule, Reservation
from booking.notices.kinds import REMINDER
from booking.notices.telling import addressed, context_of, member_told
from booking.states import DEFAULT_REMINDER_OFFSET, ReservationState
from notifications import outbox
from spaces.prepared import Prepared, given


def keep_reminder(reservation: Reservation, *, now: datetime) -> None:
    """Bring the reminder in line with the reservation as it stands.

    There is one per reservation and start. It is withdrawn with the reservation, moves with it,
    and is not sent when the reservation was made or moved inside the offset (RULES, C21).
    """
    if member_told(reservation) is None:
        return
    reminder = reminder_of(reservation, now=now)
    if reminder is None:
        outbox.withdraw(subject_key=reservation.subject_key, kinds=[REMINDER])
    elif not outbox.reschedule(**reminder, space_key=str(reservation.machine.space_id)):
        outbox.post(outbox.draft(**reminder, **addressed(reservation)))


def remind_of_all(rows: Sequence[Reservation], *, now: datetime) -> None:
    """Remember to remind of each of `rows`, which are new and of one category, in two queries."""
    if not rows:
        return
    offset = reminder_offset(rows[0])
    found = [(row, reminder_of(row, now=now, offset=offset)) for row in rows]
    outbox.post(*(outbox.draft(**told, **addressed(row)) for row, told in found if told))


def reminder_of(
    reservation: Reservation, *, now: datetime, offset: timedelta | None = None
) -> dict[str, Any] | None:
    """The reminder as the reservation stands; None where there is to be none."""
    if member_told(reservation) is None or reservation.state != ReservationState.CONFIRMED:
        return None
    if offset is None:
        offset = reminder_offset(reservation)
    send_after = reservation.starts_at - offset
    if send_after <= now:
        return None
    return {
        "subject_key": reservation.subject_key,
        "kind": REMINDER,
        "dedupe_key": reminder_key(reservation.uid, reservation.starts_at),
        "context": context_of(reservation, by=None),
        "send_after": send_after,
        "expires_at": reservation.starts_at,
    }


def reminder_key(uid: uuid.UUID, starts_at: datetime) -> str:
    """What the one reminder of a reservation and start is known by."""
    return f"{REMINDER}:{uid}:{starts_at.isoformat()}"


def reminder_offset(reservation: Reservation) -> timedelta:
    """How long before its start the holder is reminded: as they choose, else as the space says."""
    chosen = reservation.member and reservation.member.reminder_offset
    if chosen:
        return chosen
    machine = reservation.machine
    offsets = _OFFSETS(space=machine.space_id, category=machine.category_id)
    return offsets[0] if offsets else DEFAULT_REMINDER_OFFSET


_OFFSETS: Prepared[timedelta] = Prepared(
    lambda: ReminderRule.objects.filter(
        space=given("space"), category=given("category")
    ).values_list("offset", flat=True)
)
