"""What every change of an existing reservation shares: the lock, the fresh row, who may."""

from collections.abc import Collection, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q

from billing.services.contracts import charge, release
from booking.facts import Terms
from booking.models import Reservation, Series
from booking.rules import cancellation_is_free
from booking.services.locking import MovedAway, lock
from booking.states import UNDECIDED, ReservationState
from machines.models import Machine
from machines.services.dirty import mark_dirty, mark_spans
from members.models import Member
from members.permissions import is_staff_of, may_book_for
from spaces.intervals import Interval
from spaces.prepared import Prepared, given

PARTS = ("machine__space", "machine__category", "machine__room", "pool", "member", "company")


def locked(reservation: Reservation, *also: Machine, pools: Collection[int] = ()) -> Reservation:
    """The row as it is now, held with its machine, `also` and `pools` until the transaction ends.

    Raises MovedAway where it meanwhile went to a machine that is not held.
    """
    held = {reservation.machine_id, *(machine.pk for machine in also)}
    company = reservation.company_id
    lock(
        companies=[company] if company else [],
        members=[reservation.member_id] if reservation.member_id and not company else [],
        pools=pools,
        machines=held,
    )
    [row] = _LOCKED(pk=reservation.pk)
    if row.machine_id not in held:
        reservation.machine_id = row.machine_id
        raise MovedAway
    return row


_LOCKED = Prepared(
    lambda: (
        Reservation.objects.select_for_update(of=("self",))
        .select_related(*PARTS)
        .filter(pk=given("pk"))
    )
)


def locked_bundle(
    reservation: Reservation, *also: Machine, states: Collection[ReservationState]
) -> list[Reservation]:
    """The row as it is now, then those of its bundle in `states`, held like `locked` does."""
    if reservation.bundle_id is None:
        return [locked(reservation, *also)]
    together = Q(pk=reservation.pk) | Q(bundle_id=reservation.bundle_id, state__in=states)
    rows = Reservation.objects.filter(together)
    seen = list(rows.values_list("company_id", "member_id", "machine_id"))
    machines = {machine for _company, _member, machine in seen} | {each.pk for each in also}
    lock(
        companies={company for company, _member, _machine in seen if company},
        members={member for company, member, _machine in seen if member and not company},
        machines=machines,
    )
    found = list(rows.select_for_update(of=("self",)).select_related(*PARTS).order_by("pk"))
    if any(row.machine_id not in machines for row in found):
        raise MovedAway
    return sorted(found, key=lambda row: row.pk != reservation.pk)


def may_act(reservation: Reservation, by: Member) -> bool:
    """Whether `by` may change `reservation`: its holder, whoever books for its company, staff."""
    return by.is_active and (
        is_theirs(reservation, by) or is_staff_of(by, reservation.machine.space)
    )


def is_theirs(reservation: Reservation | Series, by: Member) -> bool:
    """Whether `by` holds `reservation`, or books for the company that does.

    Who has left the company no longer holds what it pays for.
    """
    if reservation.company is None:
        return reservation.member_id == by.pk
    if may_book_for(by, reservation.company):
        return True
    is_holder = reservation.member_id == by.pk
    return is_holder and reservation.company.delegates.filter(member=by).exists()


def charge_company(row: Reservation, *, by: Member | None, now: datetime) -> None:
    """Take the time of `row` from the contract of its company, in place of what it took before."""
    if row.company is not None:
        charge(
            company=row.company,
            space=row.machine.space,
            span=row.span,
            subject_key=row.subject_key,
            by=by,
            now=now,
        )


def spare_company(row: Reservation, *, by: Member | None, now: datetime) -> None:
    """Give back what `row` has taken from the contract of its company."""
    if row.company_id is not None:
        release(subject_key=row.subject_key, by=by, now=now)


CANCELLED_FIELDS = ["state", "sequence", "cancelled_at", "cancelled_by", "cancelled_late"]


def mark_cancelled(row: Reservation, terms: Terms, *, by: Member, now: datetime) -> None:
    """Have `row`, unsaved, be cancelled; late where a member could not have done so any more."""
    is_undecided = row.state in UNDECIDED
    row.cancelled_late = not (is_undecided or cancellation_is_free(row.starts_at, now, terms))
    row.state = ReservationState.CANCELLED
    row.cancelled_at, row.cancelled_by = now, by
    row.sequence += 1


def end_block(row: Reservation, *, by: Member | None, now: datetime) -> None:
    """Take the block `row` back, or what is still to come of it where it is under way."""
    if row.starts_at < now:
        cut_short(row, now=now, by=by)
        return
    row.state = ReservationState.CANCELLED
    row.cancelled_at, row.cancelled_by = now, by
    row.sequence += 1
    row.save(update_fields=["state", "cancelled_at", "cancelled_by", "sequence"])
    touch_days(row.machine, row.occupied_from, row.occupied_until)


def cut_short(row: Reservation, *, now: datetime, by: Member | None = None) -> None:
    """End the block `row`, which is under way: the part that took place stays."""
    last = row.occupied_until
    row.ends_at = row.occupied_until = now
    if by is not None:
        # The plan that the row follows must not give it its whole time again.
        row.cancelled_at, row.cancelled_by = now, by
    row.save(update_fields=["ends_at", "occupied_until", "cancelled_at", "cancelled_by"])
    touch_days(row.machine, row.occupied_from, last)


def touch_days(machine: Machine, *moments: datetime) -> None:
    """Have the figures of the days around `moments` computed again."""
    zone: ZoneInfo = machine.space.zone
    mark_dirty([machine.pk], Interval(min(moments), max(moments)), zone)


def touch_rows(rows: Iterable[Reservation], *also: datetime) -> None:
    """Have the figures of the days of `rows` up to `also` computed again; one query for a zone."""
    spans: dict[ZoneInfo, list[tuple[int, Interval]]] = {}
    for row in rows:
        moments = (row.occupied_from, row.occupied_until, *also)
        span = Interval(min(moments), max(moments))
        spans.setdefault(row.machine.space.zone, []).append((row.machine_id, span))
    for zone, found in spans.items():
        mark_spans(found, zone)
