"""Who was at a machine when a reservation was to begin, and who came too late (RULES, C17, C31)."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import (
    DateTimeField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Greatest
from django.db.models.lookups import IsNull

from booking.facts import Terms
from booking.models import Reservation, UsageSession
from booking.queries.terms import terms_of_reservations
from booking.states import ReservationKind, ReservationState, SessionSource

AWAITED = {"state": ReservationState.CONFIRMED, "kind": ReservationKind.BOOKING}
"""What needs a check-in: workshops and maintenance do not, and are never no-shows."""

NEVER = datetime(9000, 1, 1, tzinfo=UTC)
"""When what goes on ends, as far as anybody knows."""


class Presence(NamedTuple):
    """From when the grace period of a reservation runs, and since when it is used.

    The grace runs from the start, or from the end of other use that went on then, which is NEVER
    while it still does (C18). Only use by the holder or a colleague counts, checked in or not
    (C31).
    """

    grace_from: datetime
    used_from: datetime | None

    def is_used_by(self, moment: datetime) -> bool:
        """Whether somebody was at the machine in time."""
        return self.used_from is not None and self.used_from <= moment

    def is_missed(self, grace: timedelta, now: datetime) -> bool:
        """Whether nobody came, and may come any more: strictly after the grace period (C17)."""
        until = self.grace_from + grace
        return until < now and not self.is_used_by(until)


def _of_the_machine() -> QuerySet[UsageSession]:
    """The use of known people: what only a meter tells of is written whenever its job runs."""
    of_the_machine = UsageSession.objects.filter(machine=OuterRef("machine"))
    return of_the_machine.exclude(source=SessionSource.METER).order_by()


def _other_use_at_the_start() -> Subquery:
    goes_on = Q(ended_at=None) | Q(ended_at__gt=OuterRef("starts_at"))
    others = (
        _of_the_machine()
        .filter(goes_on, started_at__lt=OuterRef("starts_at"))
        .exclude(reservation=OuterRef("pk"))
    )
    ends = Max(Coalesce("ended_at", Value(NEVER)))
    return Subquery(others.values("machine").annotate(ends=ends).values("ends"))


def _own_use() -> Subquery:
    theirs = (
        Q(member=OuterRef("member"))
        | Q(IsNull(OuterRef("member"), rhs=True), member=None)
        | Q(member__delegations__company=OuterRef("company"))
    )
    goes_on = Q(ended_at=None) | Q(ended_at__gt=OuterRef("starts_at"))
    begins = Min("started_at")
    own = _of_the_machine().filter(theirs, goes_on)
    return Subquery(own.values("machine").annotate(begins=begins).values("begins"))


def presence_columns() -> "tuple[Greatest, Subquery[Any]]":
    """What makes a Presence of a row of reservations, as expressions of a query."""
    grace_from = Greatest("starts_at", _other_use_at_the_start(), output_field=DateTimeField())
    return grace_from, _own_use()


def presences_of(rows: Collection[Reservation]) -> dict[int, Presence]:
    """Who was there, for each of `rows` by its id; one query, or none."""
    if not rows:
        return {}
    found = Reservation.objects.filter(pk__in=[row.pk for row in rows]).order_by()
    return {pk: Presence(*told) for pk, *told in found.values_list("pk", *presence_columns())}


def is_awaited(row: Reservation) -> bool:
    """Whether `row` needs a check-in that has not come."""
    return row.state == AWAITED["state"] and row.kind == AWAITED["kind"]


def missed_among(rows: Iterable[Reservation], now: datetime) -> list[Reservation]:
    """Those of `rows`, `machine` loaded, that are no-shows by now, whatever the job has done.

    At most three queries, none where nothing has begun.
    """
    begun = [row for row in rows if is_awaited(row) and row.starts_at < now]
    return graces_over(begun, terms_of_reservations(begun), now) if begun else []


def grace_is_over(row: Reservation, terms: Terms, now: datetime) -> bool:
    """Whether nobody may check in to `row` any more."""
    return bool(graces_over([row], {row.pk: terms}, now))


def graces_over(
    rows: Iterable[Reservation], terms: Mapping[int, Terms], now: datetime
) -> list[Reservation]:
    """Those of `rows` in which nobody may check in any more; one query, or none."""
    graces = {pk: each.grace_period for pk, each in terms.items()}
    late = [row for row in rows if now - row.starts_at > graces[row.pk]]
    found = presences_of(late)
    return [row for row in late if found[row.pk].is_missed(graces[row.pk], now)]


def was_used(reservation: Reservation, *, until: datetime) -> bool:
    """Whether the holder or a colleague was at the machine in time, checked in or not (C31)."""
    return presences_of([reservation])[reservation.pk].is_used_by(until)
