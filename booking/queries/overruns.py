"""Use that goes on past its end, and who waits for the machine because of it."""

from datetime import datetime
from typing import NamedTuple

from booking.models import Reservation, UsageSession
from booking.states import (
    OVERRUN_NOTICE,
    OVERRUN_TOLERATED,
    ReservationKind,
    ReservationState,
)


class Overrun(NamedTuple):
    """A use that should have ended, and the reservation that it holds up, if any."""

    session: UsageSession
    held_up: Reservation | None


def overruns(now: datetime) -> list[Overrun]:
    """Every use that should have ended by now, in two queries."""
    sessions = list(
        UsageSession.objects.open()
        .filter(expected_end_at__lte=now - OVERRUN_TOLERATED)
        .select_related("machine__space", "machine__room", "member", "reservation__pool")
        .order_by("expected_end_at", "pk")
    )
    if not sessions:
        return []
    rows = (
        Reservation.objects.filter(
            machine__in={session.machine_id for session in sessions},
            kind=ReservationKind.BOOKING,
            state=ReservationState.CONFIRMED,
            starts_at__lte=now + OVERRUN_NOTICE,
            ends_at__gt=now,
        )
        .select_related("machine__space", "machine__room", "pool", "member", "company")
        .order_by("-starts_at", "-pk")
    )
    # The last one written is the first to begin.
    following = {row.machine_id: row for row in rows}
    return [_of(session, following.get(session.machine_id)) for session in sessions]


def still_runs(session: int, ends_at: datetime) -> bool:
    """Whether the use goes on, and nobody has prolonged it beyond `ends_at`."""
    rows = UsageSession.objects.open().filter(pk=session, expected_end_at=ends_at)
    return rows.exists()


def _of(session: UsageSession, row: Reservation | None) -> Overrun:
    """Nobody stands in their own way."""
    is_own = (
        row is not None and session.member_id is not None and row.member_id == session.member_id
    )
    return Overrun(session, None if is_own else row)
