"""Keeping a machine for someone: reserve, move, cancel, and undo a cancellation (HOUSE §4, §5)."""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial

from billing.pricing import Quote
from booking import notices
from booking.facts import BookingRequest, Refusal, Terms
from booking.models import Reservation
from booking.queries.terms import terms_of_reservation, terms_of_reservations
from booking.rules import PROLONGING
from booking.services import displaced
from booking.services.actions import (
    Actions,
    possible_actions,
    reasons_not_to_cancel,
    reasons_not_to_move,
    reasons_not_to_prolong,
    reasons_not_to_restore,
)
from booking.services.changing import (
    CANCELLED_FIELDS,
    cut_short,
    locked,
    locked_bundle,
    mark_cancelled,
    spare_company,
    touch_days,
)
from booking.services.locking import in_transaction
from booking.services.making_room import can_make_room, place_alone, place_with_room
from booking.services.moving import move_in_pool, renamed, write_move
from booking.services.moving_carts import move_cart
from booking.services.placing import Claim, keep
from booking.services.refusing import (
    BookingRefused,
    TimeTaken,
    refuse,
    refused_tries_kept,
)
from booking.services.settling import settle_missed
from booking.services.verdict import MOVING, RESTORING, verdict_on, verdict_on_row
from booking.states import UPCOMING, ReservationKind, ReservationState
from machines.models import Machine
from members.models import Company, Member
from members.permissions import is_staff_of

__all__ = [
    "Actions",
    "BookingRefused",
    "TimeTaken",
    "cancel",
    "check",
    "move",
    "possible_actions",
    "reserve",
    "restore",
]


def check(
    *,
    machine: Machine,
    member: Member,
    request: BookingRequest,
    by: Member,
    now: datetime,
    company: Company | None = None,
    excluding: Collection[Reservation] = (),
) -> tuple[list[Refusal], Quote | None]:
    """Every reason why `by` could not reserve this for `member`, and what it would cost."""
    verdict = verdict_on(
        machine=machine,
        member=member,
        request=request,
        by=by,
        company=company,
        now=now,
        excluding=excluding,
    )
    if not excluding and can_make_room(machine, request, verdict, now=now):
        return [], verdict.quote
    return verdict.refusals, verdict.quote


def reserve(
    *,
    machine: Machine,
    member: Member,
    request: BookingRequest,
    by: Member,
    now: datetime,
    purpose: str = "",
    company: Company | None = None,
    is_confidential: bool = False,
) -> Reservation:
    """Keep `machine` for `member` and tell them so.

    Whoever has it because any unit of its pool would do may get another one (RULES, C15). Raises
    BookingRefused with every rule broken that `by` may not waive, and TimeTaken if someone was
    faster.
    """
    claim = Claim(
        member=member, by=by, company=company, purpose=purpose, is_confidential=is_confidential
    )

    def work(way: Callable[..., Reservation]) -> Reservation:
        made = way(claim, machine=machine, request=request, now=now)
        notices.reservation_confirmed(made, by=by, now=now)
        return made

    with refused_tries_kept(machine=machine, member=member, request=request, now=now):
        try:
            return in_transaction(partial(work, place_alone))
        except TimeTaken:
            if machine.pool_id is None:
                raise
        # From the start again, because all units of the pool are locked in the order of their ids.
        return in_transaction(partial(work, place_with_room))


def move(
    *,
    reservation: Reservation,
    request: BookingRequest,
    by: Member,
    now: datetime,
    machine: Machine | None = None,
    purpose: str | None = None,
) -> Reservation:
    """Give `reservation` another time, and another machine where one is named.

    A reservation of a pool takes whichever unit is free then, unless a machine is named; all
    machines of a cart get the new time, or none. The rules are those of reserving, the
    reservation itself not counted; once its use has begun it can only be given a later end.
    Raises BookingRefused, with CANCELLATION_TOO_LATE for members inside the window of the old
    time, and TimeTaken. Where neither time nor machine changes, nothing is judged but whether
    the purpose may change, and nobody is told.
    """
    pool = reservation.pool
    is_alone = reservation.bundle_id is None
    if is_alone and machine is None and pool is not None and reservation.state in UPCOMING:
        return move_in_pool(
            reservation=reservation, pool=pool, request=request, by=by, now=now, purpose=purpose
        )
    target = machine or reservation.machine
    if not is_alone and reservation.state in UPCOMING:
        return move_cart(
            reservation=reservation,
            target=target,
            request=request,
            by=by,
            now=now,
            purpose=purpose,
        )

    def work() -> Reservation:
        row = locked(reservation, target)
        terms = terms_of_reservation(row)
        if target.pk == row.machine_id and request.is_just(row.span) and row.state in UPCOMING:
            return renamed(row, purpose, terms=terms, by=by, now=now)
        goes_on = row.state == ReservationState.IN_USE
        asked = request.prolonging(row.span) if goes_on else request
        rules = PROLONGING if goes_on else MOVING
        verdict = verdict_on_row(
            row, asked, machine=target, member=row.member or by, by=by, now=now, rules=rules
        )
        if goes_on:
            reasons = reasons_not_to_prolong(row, by=by, request=request, target=target)
        else:
            reasons = reasons_not_to_move(row, terms=terms, by=by, now=now, target=target)
        refuse(verdict.refusals + reasons)
        if target.pk != row.machine_id and not _is_unit_for_staff(row, target, by):
            row.pool = None
        previous = row.span
        write_move(row, asked, verdict, target=target, by=by, now=now, purpose=purpose)
        notices.reservation_moved(row, by=by, now=now, previous=previous)
        return row

    with refused_tries_kept(machine=target, member=reservation.member, request=request, now=now):
        return in_transaction(work)


def _is_unit_for_staff(row: Reservation, target: Machine, by: Member) -> bool:
    """Whether staff gives a reservation of a pool another of its units: it stays one of the pool.

    Whoever else names a machine wants that one.
    """
    in_pool = row.pool_id is not None and target.pool_id == row.pool_id
    return in_pool and is_staff_of(by, target.space)


def cancel(*, reservation: Reservation, by: Member, now: datetime) -> Reservation:
    """Give the time back and tell the holder; staff may do so late, which is marked.

    Raises BookingRefused with NOT_ALLOWED or CANCELLATION_TOO_LATE.
    """

    def work() -> Reservation:
        row, *bundle = locked_bundle(reservation, states=UPCOMING)
        rows = [row, *(each for each in bundle if each.ends_at > now)]
        terms = terms_of_reservations(rows)
        refuse(
            reason
            for each in rows
            for reason in reasons_not_to_cancel(each, terms=terms[each.pk], by=by, now=now)
        )
        for each in rows:
            if each.kind == ReservationKind.MAINTENANCE and each.starts_at < now < each.ends_at:
                cut_short(each, now=now, by=by)
            else:
                _cancel(each, terms[each.pk], by=by, now=now)
        return row

    # A refusal takes back what its transaction wrote, so this one has its own.
    settle_missed(reservation, now)
    return in_transaction(work)


def _cancel(row: Reservation, terms: Terms, *, by: Member, now: datetime) -> None:
    was_held = row.state == ReservationState.HELD
    mark_cancelled(row, terms, by=by, now=now)
    row.save(update_fields=CANCELLED_FIELDS)
    spare_company(row, by=by, now=now)
    touch_days(row.machine, row.occupied_from, row.occupied_until)
    if was_held:
        displaced.withdraw([row], by=by, now=now)
    notices.reservation_cancelled(row, by=by, now=now)


def restore(*, reservation: Reservation, by: Member, now: datetime) -> Reservation:
    """Undo a cancellation before the start, while the time is still free; for staff.

    What was cancelled together comes back together, at the price that was told. Raises
    BookingRefused, and TimeTaken where somebody has the time by now.
    """

    def work() -> Reservation:
        row, *bundle = locked_bundle(reservation, states=[ReservationState.CANCELLED])
        rows = [row, *(each for each in bundle if each.cancelled_at == row.cancelled_at)]
        refuse(reason for each in rows for reason in _restored(each, by=by, now=now))
        for each in rows:
            notices.reservation_restored(each, by=by, now=now)
        return row

    return in_transaction(work)


def _restored(row: Reservation, *, by: Member, now: datetime) -> list[Refusal]:
    """Give `row` the time back that it had, which then counts; else every reason why not."""
    request = BookingRequest(starts_at=row.starts_at, ends_at=row.ends_at)
    verdict = verdict_on_row(
        row, request, machine=row.machine, member=row.member or by, by=by, now=now, rules=RESTORING
    )
    reasons = verdict.refusals + reasons_not_to_restore(row, by=by)
    if not reasons:
        row.state = ReservationState.CONFIRMED
        row.cancelled_at, row.cancelled_by, row.cancelled_late = None, None, False
        row.sequence += 1
        keep(row, request, verdict, by=by, now=now)
    return reasons
