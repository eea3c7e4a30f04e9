"""Who was at a machine when a reservation was to begin, and who came too late (RULES, C17, C31)."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from django.db.models import Case, DateTimeField, Exists, OuterRef, Q, Value, When
from django.db.models.lookups import IsNull

from booking.facts import Terms
from booking.models import Reservation, UsageSession
from booking.queries.terms import terms_of_reservations
from booking.states import ReservationKind, ReservationState

INSTANT = timedelta(microseconds=1)
"""What makes of a moment a span that has it inside."""

AWAITED = {"state": ReservationState.CONFIRMED, "kind": ReservationKind.BOOKING}
"""What needs a check-in: workshops and maintenance do not, and are never no-shows."""


def is_awaited(row: Reservation) -> bool:
    """Whether `row` needs a check-in that has not come."""
    return row.state == AWAITED["state"] and row.kind == AWAITED["kind"]


def missed_of(pks: Collection[int], now: datetime) -> set[int]:
    """The ids of the reservations among `pks` that are no-shows by now, in at most five queries."""
    if not pks:
        return set()
    rows = Reservation.objects.filter(pk__in=pks, **AWAITED).select_related("machine")
    return {row.pk for row in missed_among(rows, now)}


def missed_among(rows: Iterable[Reservation], now: datetime) -> list[Reservation]:
    """Those of `rows`, `machine` loaded, that are no-shows by now, whatever the job has done.

    At most four queries, none where nothing has begun.
    """
    begun = [row for row in rows if is_awaited(row) and row.starts_at < now]
    return graces_over(begun, terms_of_reservations(begun), now) if begun else []


def grace_is_over(row: Reservation, terms: Terms, now: datetime) -> bool:
    """Whether nobody may check in to `row` any more."""
    return bool(graces_over([row], {row.pk: terms}, now))


def graces_over(
    rows: Iterable[Reservation], terms: Mapping[int, Terms], now: datetime
) -> list[Reservation]:
    """Those of `rows` in which nobody may check in any more: strictly after the grace period.

    In at most two queries.
    """
    graces = {pk: each.grace_period for pk, each in terms.items()}
    late = [row for row in rows if now - row.starts_at > graces[row.pk]]
    untils = {
        pk: begins + graces[pk]
        for pk, begins in grace_starts(late).items()
        if begins is not None and now - begins > graces[pk]
    }
    used = used_until(untils)
    return [row for row in late if row.pk in untils and row.pk not in used]


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
    return used_until({row.pk: until for row in rows})


def used_until(untils: Mapping[int, datetime]) -> set[int]:
    """Which reservations were used, each by a moment of its own; one query, or none."""
    if not untils:
        return set()
    moments = [When(pk=pk, then=Value(until + INSTANT)) for pk, until in untils.items()]
    theirs = (
        Q(member=OuterRef("member"))
        | Q(IsNull(OuterRef("member"), rhs=True), member=None)
        | Q(member__delegations__company=OuterRef("company"))
    )
    at_the_machine = UsageSession.objects.filter(
        theirs,
        Q(ended_at=None) | Q(ended_at__gt=OuterRef("starts_at")),
        machine=OuterRef("machine"),
        started_at__lt=OuterRef("until"),
    )
    rows = Reservation.objects.filter(pk__in=untils).annotate(
        until=Case(*moments, output_field=DateTimeField())
    )
    return set(rows.filter(Exists(at_the_machine)).values_list("pk", flat=True))


def _runs_at(session: UsageSession, moment: datetime) -> bool:
    """Whether it had begun before `moment`, and was not over."""
    is_over = session.ended_at is not None and session.ended_at <= moment
    return session.started_at < moment and not is_over


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    """The later of two ends; what goes on has none."""
    return None if one is None or other is None else max(one, other)
