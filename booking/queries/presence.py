"""Who was at a machine when a reservation was to begin (RULES, C18, C31)."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.db.models.lookups import IsNull

from booking.models import Reservation, UsageSession

INSTANT = timedelta(microseconds=1)
"""What makes of a moment a span that has it inside."""


def grace_starts_at(reservation: Reservation) -> datetime | None:
    """When the grace period of `reservation` begins; None while other use holds it up.

    That is its start, or the end of other use that ran at the start (C18).
    """
    return grace_starts([reservation])[reservation.pk]


def grace_starts(rows: Collection[Reservation]) -> dict[int, datetime | None]:
    """The same of each of `rows` by its id, in one query, or none."""
    begins: dict[int, datetime | None] = {row.pk: row.starts_at for row in rows}
    if not rows:
        return begins
    starts = [row.starts_at for row in rows]
    around = UsageSession.objects.filter(
        machine__in={row.machine_id for row in rows}, started_at__lt=max(starts)
    ).touching(min(starts), max(starts) + INSTANT)
    sessions: dict[int, list[UsageSession]] = {}
    for session in around:
        sessions.setdefault(session.machine_id, []).append(session)
    for row in rows:
        for session in sessions.get(row.machine_id, ()):
            if session.reservation_id != row.pk and _runs_at(session, row.starts_at):
                begins[row.pk] = _later(begins[row.pk], session.ended_at)
    return begins


def was_used(reservation: Reservation, *, until: datetime) -> bool:
    """Whether the holder or a colleague was at the machine in time, checked in or not (C31)."""
    return reservation.pk in used_among([reservation], until)


def used_among(rows: Collection[Reservation], until: datetime) -> set[int]:
    """Which of `rows` were used by `until`, by their ids; one query, or none."""
    theirs = (
        Q(member=OuterRef("member"))
        | Q(IsNull(OuterRef("member"), rhs=True), member=None)
        | Q(member__delegations__company=OuterRef("company"))
    )
    at_the_machine = UsageSession.objects.filter(
        theirs,
        Q(ended_at=None) | Q(ended_at__gt=OuterRef("starts_at")),
        machine=OuterRef("machine"),
        started_at__lt=until + INSTANT,
    )
    used = Reservation.objects.filter(Exists(at_the_machine), pk__in=[row.pk for row in rows])
    return set(used.values_list("pk", flat=True)) if rows else set()


def _runs_at(session: UsageSession, moment: datetime) -> bool:
    """Whether it had begun before `moment`, and was not over."""
    is_over = session.ended_at is not None and session.ended_at <= moment
    return session.started_at < moment and not is_over


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    """The later of two ends; what goes on has none."""
    return None if one is None or other is None else max(one, other)
