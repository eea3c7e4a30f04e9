"""What becomes of a displaced reservation once another time is held for it.

Its holder accepts, chooses another time or declines; staff may do so for them, or give the old
time back. Nobody is late, and nobody is charged for what they did not get.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from booking import notices
from booking.facts import BookingRequest, Refusal
from booking.models import Displacement, Reservation
from booking.rules import (
    Rule,
    not_allowed,
)
from booking.services.changing import is_theirs, locked_bundle, spare_company, touch_days
from booking.services.expiring import expire_each
from booking.services.locking import in_transaction
from booking.services.placing import keep
from booking.services.refusing import refuse, refused_tries_kept
from booking.services.verdict import (
    ACCEPTING,
    MOVING,
    RESTORING,
    Verdict,
    tell_price,
    verdict_on_row,
)
from booking.services.waking import time_was_freed
from booking.states import DisplacementState, ReservationState
from machines.models import Machine
from members.models import Member
from members.permissions import is_staff_of

Pair = tuple[Displacement, Reservation]


def may_answer(displacement: Displacement, by: Member) -> bool:
    """Whether `by` may answer: the holder, who books for the company, staff where it was lost."""
    return by.is_active and (
        is_theirs(displacement.reservation, by) or is_staff_of(by, displacement.machine.space)
    )


def accept(*, displacement: Displacement, by: Member, now: datetime) -> Reservation:
    """Take the time that is held, and whatever is held with it.

    Raises BookingRefused: NOT_ALLOWED for others and once the answer is late, whether or not the
    job has come by, and with what does not hold any more.
    """

    def work() -> Reservation:
        pairs = _held_pairs(displacement, by=by, now=now)
        judged = [
            (pair, _verdict(pair, _request(pair[1]), pair[1].machine, rules=ACCEPTING, now=now))
            for pair in pairs
        ]
        refuse(reason for _pair, verdict in judged for reason in verdict.refusals)
        for (each, row), verdict in judged:
            # The staff that moved it has said yes to the new time; that of another space has not.
            is_approved = row.machine.space_id == each.machine.space_id
            _take((each, row), _request(row), verdict, is_approved=is_approved, by=by, now=now)
        return pairs[0][1]

    return in_transaction(work)


def choose(
    *,
    displacement: Displacement,
    request: BookingRequest,
    machine: Machine,
    by: Member,
    now: datetime,
) -> Reservation:
    """Take another time instead, by the rules of moving; nobody asks how late it is.

    Raises BookingRefused as `accept` does, and TimeTaken if someone was faster.
    """

    def work() -> Reservation:
        pairs = _held_pairs(displacement, machine, by=by, now=now)
        if len(pairs) > 1:
            refuse([not_allowed(_("What was reserved together is accepted or declined together."))])
        (pair,) = pairs
        row, old = pair[1], pair[1].machine
        if machine.space_id not in {old.space_id, displacement.machine.space_id}:
            refuse([not_allowed(_("Choose a machine of the same space."))])
        verdict = _verdict(pair, request, machine, rules=MOVING, now=now)
        refuse(verdict.refusals)
        touch_days(old, row.occupied_from, row.occupied_until)
        row.machine = machine
        if machine.pool_id != row.pool_id:
            row.pool_id = None
        tell_price(row, verdict)
        is_approved = is_staff_of(by, machine.space)
        _take(pair, request, verdict, is_approved=is_approved, by=by, now=now)
        time_was_freed(old.space_id)
        return row

    holder = displacement.reservation.member
    with refused_tries_kept(machine=machine, member=holder, request=request, now=now):
        return in_transaction(work)


def decline(*, displacement: Displacement, by: Member, now: datetime) -> Displacement:
    """Give back the time that is held; the reservation is cancelled, without being late.

    Staff who cannot offer anything better do the same, and the holder is told with an apology.
    """

    def work() -> Displacement:
        pairs = _held_pairs(displacement, by=by, now=now)
        for each, row in pairs:
            row.state, row.expires_at = ReservationState.CANCELLED, None
            row.cancelled_at, row.cancelled_by = now, by
            row.sequence += 1
            row.save(
                update_fields=["state", "expires_at", "cancelled_at", "cancelled_by", "sequence"]
            )
            spare_company(row, by=by, now=now)
            touch_days(row.machine, row.occupied_from, row.occupied_until)
            if is_theirs(row, by):
                _close(each, DisplacementState.DECLINED, by=by, now=now)
                notices.reservation_cancelled(row, by=by, now=now)
            else:
                _close(each, DisplacementState.CANCELLED, by=by, now=now)
            time_was_freed(row.machine.space_id)
        first, row = pairs[0]
        if not is_theirs(row, by):
            notices.displaced_cancelled(first, by=by, now=now)
        return first

    return in_transaction(work)


def give_back(*, displacement: Displacement, by: Member, now: datetime) -> Reservation:
    """Let the reservation have its old time again, which has become free; for staff.

    Raises BookingRefused, and TimeTaken where the time is not free.
    """
    if not is_staff_of(by, displacement.machine.space):
        refuse([not_allowed(_("Only staff of the space may give the old time back."))])

    def work() -> Reservation:
        pairs = _held_pairs(displacement, displacement.machine, by=by, now=now)
        judged = []
        for pair in pairs:
            each, row = pair
            asked = BookingRequest(starts_at=each.starts_at, ends_at=each.ends_at)
            judged.append(
                (pair, asked, _verdict(pair, asked, each.machine, rules=RESTORING, now=now))
            )
        refuse(reason for _pair, _asked, verdict in judged for reason in verdict.refusals)
        for (each, row), asked, verdict in judged:
            previous, old = row.span, row.machine
            touch_days(old, row.occupied_from, row.occupied_until)
            if each.machine.space_id != old.space_id:
                # The other space has prices of its own.
                tell_price(row, verdict)
            row.machine, row.state = each.machine, ReservationState(each.state_before)
            row.expires_at = None
            row.sequence += 1
            keep(row, asked, replace(verdict, is_by_staff=True), by=by, now=now)
            _close(each, DisplacementState.RESTORED, by=by, now=now)
            notices.reservation_moved(row, by=by, now=now, previous=previous)
            time_was_freed(old.space_id)
        return pairs[0][1]

    return in_transaction(work)


def expire_displaced(now: datetime) -> int:
    """Give back the time that was held for an answer which did not come; how many there were."""
    due = Reservation.objects.filter(
        state=ReservationState.HELD,
        expires_at__lte=now,
        displacements__state=DisplacementState.OPEN,
    )
    return expire_each(due, now=now)


def _held_pairs(
    displacement: Displacement, *also: Machine, by: Member, now: datetime
) -> list[Pair]:
    """The displacement with its row, then those made with it, all locked; refused if not open."""
    reservation = displacement.reservation
    rows = _locked(displacement, also)
    if not may_answer(displacement, by):
        refuse([not_allowed(_("This is not your reservation."))])
    found = {
        each.reservation_id: each
        for each in Displacement.objects.select_for_update(of=("self",))
        .filter(reservation__in=rows, state=DisplacementState.OPEN)
        .select_related("machine__space", "machine__category", "machine__room")
    }
    pairs = [(found[row.pk], row) for row in rows if row.pk in found]
    for each, row in pairs:
        each.reservation = row
    refuse(_reasons_not_to_answer(pairs, reservation, now=now))
    return pairs


def withdraw(rows: Sequence[Reservation], *, by: Member, now: datetime) -> None:
    """Write of those of `rows` that waited for an answer that they were cancelled meanwhile."""
    found = Displacement.objects.filter(reservation__in=rows, state=DisplacementState.OPEN)
    by_id = {row.pk: row for row in rows}
    for each in found:
        each.reservation = by_id[each.reservation_id]
        is_own = is_theirs(each.reservation, by)
        state = DisplacementState.DECLINED if is_own else DisplacementState.CANCELLED
        _close(each, state, by=by, now=now)


def _locked(displacement: Displacement, also: tuple[Machine, ...]) -> list[Reservation]:
    """The row, then the held ones of its bundle, as they are now, with the machines `also`."""
    row = displacement.reservation
    if row.bundle_id is not None and also:
        made_with_it = Displacement.objects.filter(
            state=DisplacementState.OPEN, reservation__bundle_id=row.bundle_id
        )
        also = (*also, *(each.machine for each in made_with_it.select_related("machine")))
    return locked_bundle(row, *also, states=[ReservationState.HELD])


def _reasons_not_to_answer(pairs: list[Pair], seen: Reservation, *, now: datetime) -> list[Refusal]:
    """Why it is too late: somebody has decided, or the answer was due."""
    if not any(row.pk == seen.pk and row.state == ReservationState.HELD for _each, row in pairs):
        return [not_allowed(_("This has been decided already."))]
    if any(row.is_overdue(now) for _each, row in pairs):
        return [not_allowed(_("Nobody answered in time: the time has been given back."))]
    return []


def _request(row: Reservation) -> BookingRequest:
    return BookingRequest(starts_at=row.starts_at, ends_at=row.ends_at)


def _verdict(
    pair: Pair, request: BookingRequest, machine: Machine, *, rules: tuple[Rule, ...], now: datetime
) -> Verdict:
    """What `rules` say to the holder; nothing is waived by who presses the button."""
    row = pair[1]
    holder = row.member or pair[0].created_by
    return verdict_on_row(
        row, request, machine=machine, member=holder, by=holder, now=now, rules=rules
    )


def _take(
    pair: Pair,
    request: BookingRequest,
    verdict: Verdict,
    *,
    is_approved: bool,
    by: Member,
    now: datetime,
) -> None:
    """Let the row stand with what was judged, as it stood before it was displaced."""
    displacement, row = pair
    row.state, row.expires_at = ReservationState(displacement.state_before), None
    row.sequence += 1
    keep(row, request, replace(verdict, is_by_staff=is_approved), by=by, now=now)
    _close(displacement, DisplacementState.ACCEPTED, by=by, now=now)
    notices.displacement_accepted(displacement, by=by, now=now)


def _close(
    displacement: Displacement, state: DisplacementState, *, by: Member, now: datetime
) -> None:
    displacement.state = state
    displacement.decided_at, displacement.decided_by = now, by
    displacement.save(update_fields=["state", "decided_at", "decided_by"])
