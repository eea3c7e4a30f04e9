"""The reminders of a reservation to its holder, kept in line with it and with the rules.

Each is one row of the outbox, known by the reservation, the moment it reminds of, who is told
and how long before: whatever becomes of the rules, nobody gets the same reminder twice.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from booking.models import Reservation
from booking.notices.kinds import ENDING, REMINDER, WITH_RESERVATION
from booking.notices.telling import addressed, context_of, member_told
from booking.queries.reminders import offsets_for, offsets_for_all
from booking.reminders import Call, Offsets, calls_before
from booking.states import ReminderEvent, ReservationState
from notifications import outbox
from notifications.models import Message

OffsetsByEvent = dict[ReminderEvent, Offsets]


class _About(NamedTuple):
    """What an event is told with, which moment it is, and in which states it will come."""

    kind: str
    moment: str
    states: tuple[ReservationState, ...]


ABOUT = {
    ReminderEvent.START: _About(REMINDER, "starts_at", (ReservationState.CONFIRMED,)),
    ReminderEvent.END: _About(
        ENDING, "ends_at", (ReservationState.CONFIRMED, ReservationState.IN_USE)
    ),
}


def keep_reminders(reservation: Reservation, *, now: datetime) -> None:
    """Bring the reminders in line with the reservation as it stands.

    They are withdrawn with the reservation and move with it. Where it was made or moved inside
    an offset, there is none for that (RULES, C21).
    """
    if member_told(reservation) is not None:
        _keep(reminders_of(reservation), [reservation], now=now)


def keep_reminders_of_all(rows: Sequence[Reservation], *, now: datetime) -> None:
    """Have the reminders of `rows` follow what is said by now of how early people are reminded.

    Nothing has moved: who would have been reminded by now stays reminded when it was said
    before, better late than not. In a fixed number of queries, and two more for each cart.
    """
    offsets = offsets_for_all(rows, *ABOUT)
    told = [row for row in rows if member_told(row) is not None]
    wanted = [each for row in told for each in reminders_of(row, offsets[row.pk])]
    _keep(wanted, told, now=now, late_ones_stay=True)


def new_reminders(
    reservation: Reservation, *, now: datetime, offsets: OffsetsByEvent | None = None
) -> list[Message]:
    """What is to be posted with a reservation of which nobody was told yet."""
    if member_told(reservation) is None:
        return []
    return [each for each in reminders_of(reservation, offsets) if each.send_after > now]


def remind_of_all(rows: Sequence[Reservation], *, now: datetime) -> None:
    """Remember to remind of each of `rows`, which are new, of one holder and of one category."""
    if not rows:
        return
    offsets = offsets_for(rows[0], *ABOUT)
    outbox.post(*(each for row in rows for each in new_reminders(row, now=now, offsets=offsets)))


def reminders_of(reservation: Reservation, offsets: OffsetsByEvent | None = None) -> list[Message]:
    """Every reminder of the reservation as it stands, whether or not its time has come."""
    about = [event for event, each in ABOUT.items() if reservation.state in each.states]
    if not about:
        return []
    if offsets is None:
        offsets = offsets_for(reservation, *ABOUT)
    calls = [
        (ABOUT[event], call)
        for event in about
        for call in calls_before(getattr(reservation, ABOUT[event].moment), offsets[event])
    ]
    context = context_of(reservation, by=None) if calls else {}
    return [
        outbox.draft(
            **addressed(reservation),
            kind=each.kind,
            subject_key=reservation.subject_key,
            dedupe_key=key_of(each.kind, reservation, call),
            context=context,
            send_after=call.due_at,
            expires_at=call.until,
        )
        for each, call in calls
    ]


def key_of(kind: str, reservation: Reservation, call: Call) -> str:
    """What one reminder of a reservation to its holder is known by."""
    seconds = int(call.offset.total_seconds())
    return f"{stem_of(kind, reservation)}{reservation.member_id}:{seconds}"


def stem_of(kind: str, reservation: Reservation) -> str:
    """What the keys of all reminders of one kind begin with, as long as the time stays."""
    name = next((each.moment for each in ABOUT.values() if each.kind == kind), "starts_at")
    return f"{kind}:{identity_of(reservation, getattr(reservation, name))}:"


def identity_of(reservation: Reservation, moment: datetime) -> str:
    """What a reminder is about; the same moment is the same in whatever offset it was written."""
    return f"{reservation.uid}:{moment.astimezone(UTC).isoformat()}"


def _keep(
    messages: Collection[Message],
    rows: Collection[Reservation],
    *,
    now: datetime,
    late_ones_stay: bool = False,
) -> None:
    outbox.keep(
        messages,
        subject_keys=[row.subject_key for row in rows],
        kinds=WITH_RESERVATION,
        now=now,
        late_ones_stay=late_ones_stay,
    )
