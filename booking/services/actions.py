"""What may be done to a reservation, by whom, and until when."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from booking.facts import BookingRequest, Refusal, Terms
from booking.models import Reservation
from booking.queries.presence import grace_is_over, is_awaited
from booking.queries.terms import terms_of_reservation
from booking.rules import cancellation_is_free, not_allowed, too_late_to_change
from booking.services.changing import is_theirs, may_act
from booking.states import UNDECIDED, UPCOMING, ReservationKind, ReservationState
from machines.models import Machine
from members.models import Member
from members.permissions import is_staff_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Actions:
    """What a page may offer; the service that is then called has the last word."""

    move: bool = False
    prolong: bool = False
    cancel: bool = False
    restore: bool = False
    check_in: bool = False
    check_out: bool = False
    decide: bool = False


def possible_actions(*, reservation: Reservation, by: Member, now: datetime) -> Actions:
    """What `by` can do about `reservation` at `now`; `machine.space` should be loaded."""
    if not may_act(reservation, by):
        return Actions()
    terms = terms_of_reservation(reservation)
    return Actions(
        move=not reasons_not_to_move(reservation, terms=terms, by=by, now=now),
        prolong=not reasons_not_to_prolong(reservation, by=by),
        cancel=not reasons_not_to_cancel(reservation, terms=terms, by=by, now=now),
        decide=not reasons_not_to_decide(reservation, by=by, now=now),
        restore=not reasons_not_to_restore(reservation, by=by) and now <= reservation.starts_at,
        check_in=_can_check_in(reservation, terms, now),
        check_out=reservation.state == ReservationState.IN_USE,
    )


def reasons_not_to_change(
    reservation: Reservation, *, terms: Terms, by: Member, now: datetime
) -> list[Refusal]:
    """Why `by` may not change `reservation` in any way."""
    is_staff = is_staff_of(by, reservation.machine.space)
    if not may_act(reservation, by) or (
        reservation.kind == ReservationKind.MAINTENANCE and not is_staff
    ):
        return [not_allowed(_("This is not your reservation."))]
    is_over = reservation.is_overdue(now) or (
        is_awaited(reservation) and grace_is_over(reservation, terms, now)
    )
    if reservation.state not in UPCOMING or is_over:
        return [not_allowed(_("This reservation cannot be changed any more."))]
    if not is_staff and not cancellation_is_free(reservation.starts_at, now, terms):
        return [too_late_to_change()]
    return []


def reasons_not_to_cancel(
    reservation: Reservation, *, terms: Terms, by: Member, now: datetime
) -> list[Refusal]:
    """Why `by` may not give back `reservation`; what is undecided until its start (RULES, C30)."""
    is_undecided = reservation.state in UNDECIDED and now < reservation.starts_at
    if is_undecided:
        terms = replace(terms, cancellation_window=timedelta(0))
    return reasons_not_to_change(reservation, terms=terms, by=by, now=now)


def reasons_not_to_decide(reservation: Reservation, *, by: Member, now: datetime) -> list[Refusal]:
    """Why `by` may neither approve nor deny `reservation`; whatever the job has done (C16)."""
    if not is_staff_of(by, reservation.machine.space):
        return [not_allowed(_("Only staff of the space may decide on requests."))]
    if reservation.state == ReservationState.EXPIRED or reservation.is_overdue(now):
        return [not_allowed(_("Nobody decided on this request in time: its time was given back."))]
    if reservation.state != ReservationState.PENDING:
        return [not_allowed(_("This request has been decided on already."))]
    return []


def reasons_not_to_move(
    reservation: Reservation,
    *,
    terms: Terms,
    by: Member,
    now: datetime,
    target: Machine | None = None,
) -> list[Refusal]:
    """Why `by` may not give `reservation` another time, whatever that time is.

    Nor may they give it `target`: staff of one space dispose of no machine of another.
    """
    place = target.space if target else reservation.machine.space
    goes_elsewhere = place.pk != reservation.machine.space_id
    if goes_elsewhere and not (is_theirs(reservation, by) or is_staff_of(by, place)):
        return [not_allowed(_("You may not book for this person or company."))]
    if reservation.state == ReservationState.HELD:
        return [not_allowed(_("This time is only held: confirm it first."))]
    if reservation.kind != ReservationKind.BOOKING:
        return [not_allowed(_("A block is not moved: cancel it and plan it anew."))]
    return reasons_not_to_change(reservation, terms=terms, by=by, now=now)


def reasons_not_to_prolong(
    reservation: Reservation,
    *,
    by: Member,
    request: BookingRequest | None = None,
    target: Machine | None = None,
) -> list[Refusal]:
    """Why `by` may not give a later end to `reservation`, whose use has begun.

    Nor may a `request` change its start, or a `target` the machine that somebody stands at.
    """
    if not may_act(reservation, by):
        return [not_allowed(_("This is not your reservation."))]
    if reservation.state != ReservationState.IN_USE:
        return [not_allowed(_("This reservation is not in use."))]
    stays = target is None or target.pk == reservation.machine_id
    if not stays or (request is not None and request.starts_at != reservation.starts_at):
        return [not_allowed(_("The use has begun: only its end can change."))]
    return []


def reasons_not_to_restore(reservation: Reservation, *, by: Member) -> list[Refusal]:
    """Why `by` may not undo the cancellation of `reservation`."""
    if not is_staff_of(by, reservation.machine.space):
        return [not_allowed(_("Only staff of the space may undo a cancellation."))]
    if reservation.state != ReservationState.CANCELLED:
        return [not_allowed(_("This reservation has not been cancelled."))]
    if reservation.guarantee_id is not None and reservation.member_id is None:
        return [not_allowed(_("The company gave this date back: reserve it anew."))]
    if reservation.event_id is not None:
        return [not_allowed(_("Maintenance follows its plan: change the plan."))]
    return []


def _can_check_in(reservation: Reservation, terms: Terms, now: datetime) -> bool:
    """Whether the time has come and has not passed, as far as the clock tells (RULES, C17, C18)."""
    return (
        is_awaited(reservation)
        and reservation.starts_at - terms.early_check_in <= now < reservation.ends_at
        and not grace_is_over(reservation, terms, now)
    )
