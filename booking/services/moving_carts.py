"""Another time for the machines of a cart: all get it, or none."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from booking import notices
from booking.facts import BookingRequest, Refusal
from booking.models import Reservation
from booking.queries.terms import terms_of_reservations
from booking.rules import not_allowed
from booking.services.actions import reasons_not_to_move
from booking.services.carts import as_one
from booking.services.changing import locked_bundle
from booking.services.locking import in_transaction
from booking.services.moving import renamed, write_move
from booking.services.refusing import refuse, refused_tries_kept
from booking.services.verdict import MOVING, Verdict, verdicts_on
from booking.states import UPCOMING, ReservationState
from booking.together import told_together
from machines.models import Machine
from members.models import Member

MOVABLE = (*UPCOMING, ReservationState.IN_USE)
"""What moves together: while one machine is in use, none of the others is moved."""


class Step(NamedTuple):
    """A reservation, and the machine that it is to be on."""

    row: Reservation
    target: Machine


def move_cart(
    *,
    reservation: Reservation,
    target: Machine,
    request: BookingRequest,
    by: Member,
    now: datetime,
    purpose: str | None = None,
) -> Reservation:
    """Give all machines of the cart of `reservation` another time, and it the machine `target`.

    Raises BookingRefused and TimeTaken as moving one machine does, each refusal naming its own.
    """

    def work() -> Reservation:
        row, *others = locked_bundle(reservation, target, states=MOVABLE)
        if target.pk == row.machine_id and request.is_just(row.span) and row.state in UPCOMING:
            terms = terms_of_reservations([row])
            for each in (row, *others):
                renamed(each, purpose, terms=terms[row.pk], by=by, now=now)
            return row
        steps = [Step(row, target), *(Step(each, each.machine) for each in others)]
        refuse(_reasons_not_to_part(steps))
        verdicts = _verdicts_on(steps, request, by=by, now=now)
        told = told_together(
            (to.pk, to.name, verdict.refusals)
            for (_row, to), verdict in zip(steps, verdicts, strict=True)
        )
        refuse(told + _reasons_not_to_move(steps, by=by, now=now))
        _write(steps, request, verdicts, purpose, by=by, now=now)
        return row

    with refused_tries_kept(machine=target, member=reservation.member, request=request, now=now):
        return in_transaction(work)


def _write(
    steps: Sequence[Step],
    request: BookingRequest,
    verdicts: Sequence[Verdict],
    purpose: str | None,
    *,
    by: Member,
    now: datetime,
) -> None:
    previous = steps[0].row.span
    for (row, to), verdict in zip(steps, verdicts, strict=True):
        write_move(row, request, verdict, target=to, by=by, now=now, purpose=purpose)
    # What is told names all machines, so that all are written first.
    for row, _to in steps:
        notices.reservation_moved(row, by=by, now=now, previous=previous)


def _verdicts_on(
    steps: Sequence[Step], request: BookingRequest, *, by: Member, now: datetime
) -> list[Verdict]:
    """The verdict on each step with those before it, the time that the rows have not counted."""
    row = steps[0].row
    found = verdicts_on(
        machines=[to for _row, to in steps],
        member=row.member or by,
        request=request,
        by=by,
        company=row.company,
        now=now,
        excluding=[each for each, _to in steps],
        rules=MOVING,
        together=True,
    )
    return as_one([found[to.pk] for _row, to in steps])


def _reasons_not_to_part(steps: Sequence[Step]) -> list[Refusal]:
    """A cart stays on as many machines as it was made for, all in one space."""
    if len({to.space_id for _row, to in steps}) > 1:
        return [not_allowed(_("Choose machines of one space: they are used at one time."))]
    if len({to.pk for _row, to in steps}) < len(steps):
        return [not_allowed(_("Each machine can be chosen only once."))]
    return []


def _reasons_not_to_move(steps: Sequence[Step], *, by: Member, now: datetime) -> list[Refusal]:
    terms = terms_of_reservations([row for row, _to in steps])
    return [
        reason
        for row, to in steps
        for reason in reasons_not_to_move(row, terms=terms[row.pk], by=by, now=now, target=to)
    ]
