"""Taking time that people have reserved: everybody gets another, is asked about one, or is told.

What takes the time and what becomes of the reservations is one transaction: all of it or nothing.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from booking import notices
from booking.displacing import Option, Spot
from booking.facts import BookingRequest
from booking.models import Displacement, Reservation
from booking.queries.displacing import Displaced, Plan, Taking, plan_for
from booking.services.allocation import only_checked_at_the_end
from booking.services.changing import charge_company, spare_company, touch_days
from booking.services.expiring import give_up_on
from booking.services.locking import in_transaction, lock
from booking.services.verdict import verdict_on_row
from booking.services.waking import time_was_freed
from booking.states import (
    PROPOSAL_HOLD,
    DisplacementState,
    ReservationState,
    WayOut,
)
from machines.models import Machine
from machines.services.calendars import previewed
from members.models import Member

Result = TypeVar("Result")

Chosen = list[tuple[Displaced, Option]]


class Outdated(Exception):
    """What was chosen is not what there is any more: look again, nothing was written."""


def displace(
    *,
    taking: Taking,
    choices: Mapping[int, str],
    reason: str,
    by: Member,
    now: datetime,
    then: Callable[[], Result],
    first: Callable[[], object] = lambda: None,
) -> Result:
    """Carry out `choices`, one for each case of the plan, and then what takes the time.

    `first` is what changes the plan itself, such as a fault. Raises Outdated where a case came,
    went or lost what was chosen for it since the plan was looked at, and whatever `then` raises.
    """

    def work() -> Result:
        seen = plan_ahead(taking, first=first, now=now)
        held = _hold(taking, seen, _chosen(seen, choices))
        first()
        plan = plan_for(taking, now=now)
        chosen = _chosen(plan, choices)
        if not _machines_of(plan, chosen) <= held:
            raise Outdated
        give_up_on(held, now=now)
        writer = _Writer(plan, reason=reason, by=by, now=now)
        with only_checked_at_the_end():
            for case, option in chosen:
                writer.write(case, option)
        result = then()
        if chosen:
            time_was_freed(chosen[0][0].rows[0].machine.space_id)
        return result

    return in_transaction(work)


def plan_ahead(
    taking: Taking, *, now: datetime, first: Callable[[], object] = lambda: None
) -> Plan:
    """The plan as it will be after `first`, which is taken back: nothing is written."""
    return previewed(first, lambda: plan_for(taking, now=now))


def _chosen(plan: Plan, choices: Mapping[int, str]) -> Chosen:
    """Each case with the option that was chosen for it."""
    if {case.key for case in plan.cases} != set(choices):
        raise Outdated
    try:
        return [(case, case.by_value[choices[case.key]]) for case in plan.cases]
    except KeyError:
        raise Outdated from None


def _hold(taking: Taking, plan: Plan, chosen: Chosen) -> set[int]:
    """Wait for all that is counted or kept, in the house's order; the machines that are held."""
    machines = {machine.pk for machine in taking.machines} | _machines_of(plan, chosen)
    # A unit of a pool may be exchanged for any other of it.
    pools = {machine.pool_id for machine in taking.machines if machine.pool_id is not None}
    if pools:
        machines |= set(Machine.objects.filter(pool__in=pools).values_list("pk", flat=True))
    lock(
        companies={row.company_id for row in plan.rows if row.company_id is not None},
        members={
            row.member_id
            for row in plan.rows
            if row.member_id is not None and row.company_id is None
        },
        pools=pools,
        machines=machines,
    )
    return machines


def _machines_of(plan: Plan, chosen: Chosen) -> set[int]:
    """Where the rows are, and where they go."""
    there = {row.machine_id for row in plan.rows}
    return there | {spot.unit for _case, option in chosen for spot in option.spots.values()}


class _Writer:
    """Writes what becomes of each case, with the locks held."""

    def __init__(self, plan: Plan, *, reason: str, by: Member, now: datetime) -> None:
        self._machines, self._reason, self._by, self._now = plan.machines, reason, by, now
        rows = [row.pk for row in plan.rows]
        open_ones = Displacement.objects.filter(
            reservation__in=rows, state=DisplacementState.OPEN
        ).select_related("machine__space")
        self._open = {each.reservation_id: each for each in open_ones}

    def write(self, case: Displaced, option: Option) -> None:
        """Write one case, and tell its holder once whatever there was in it."""
        if option.way == WayOut.KEEP:
            return
        if option.way == WayOut.CANCEL:
            lost = [self._cancel(row) for row in case.rows]
            # Who only had an offer is told by the job that they wait on.
            if case.rows[0].member is not None and not case.is_offer:
                self._keep(lost)
                notices.displaced_cancelled(lost[0], by=self._by, now=self._now)
            return
        until = None
        if option.way != WayOut.SAME_TIME:
            start = min(spot.span.start for spot in option.spots.values())
            until = min(self._now + PROPOSAL_HOLD, start)
        moved = [row for row in case.rows if row.pk in option.spots]
        lost = [self._move(row, option.spots[row.pk], until) for row in moved]
        if moved[0].member is not None:
            self._keep(lost)
            self._raise_sequence(case, moved)
            notices.displaced(lost[0], by=self._by, now=self._now)

    def _keep(self, lost: list[Displacement]) -> None:
        for each in lost:
            each.save()

    def _raise_sequence(self, case: Displaced, moved: list[Reservation]) -> None:
        """What is told of a cart is told of its first row, also where that one stays."""
        first = min(case.rows, key=lambda row: row.pk)
        if first not in moved:
            first.sequence += 1
            first.save(update_fields=["sequence"])

    def _cancel(self, row: Reservation) -> Displacement:
        displacement = self._displacement(row, DisplacementState.CANCELLED)
        row.state = ReservationState.CANCELLED
        row.cancelled_at, row.cancelled_by, row.expires_at = self._now, self._by, None
        row.sequence += 1
        row.save(update_fields=["state", "cancelled_at", "cancelled_by", "expires_at", "sequence"])
        spare_company(row, by=self._by, now=self._now)
        touch_days(row.machine, row.occupied_from, row.occupied_until)
        if row.guarantee_id is not None:
            notices.guarantee_settled(row)
        return displacement

    def _move(self, row: Reservation, spot: Spot, until: datetime | None) -> Displacement:
        """Give `row` another place: for good, or until its holder has answered."""
        was_open = row.pk in self._open
        state = DisplacementState.ACCEPTED if until is None else DisplacementState.OPEN
        displacement = self._displacement(row, state)
        touch_days(row.machine, row.occupied_from, row.occupied_until)
        previous, old = row.span, row.machine
        self._occupy(row, spot)
        if until is not None:
            row.state, row.expires_at = ReservationState.HELD, until
            displacement.expires_at = until
        row.sequence += 1
        row.save()
        if row.span != previous or row.machine.space_id != old.space_id:
            charge_company(row, by=self._by, now=self._now)
        touch_days(row.machine, row.occupied_from, row.occupied_until)
        if was_open:
            displacement.state, displacement.decided_at = DisplacementState.OPEN, None
            displacement.decided_by = None
        return displacement

    def _occupy(self, row: Reservation, spot: Spot) -> None:
        target = self._machines[spot.unit]
        goes_elsewhere = target.space_id != row.machine.space_id
        if goes_elsewhere:
            self._tell_price(row, spot, target)
        if row.pool_id != target.pool_id:
            # What asked for any unit of a pool has a named one of its kind now.
            row.pool_id = None
        row.machine = target
        row.starts_at, row.ends_at = spot.span.start, spot.span.end
        row.occupied_from, row.occupied_until = spot.occupied.start, spot.occupied.end

    def _tell_price(self, row: Reservation, spot: Spot, target: Machine) -> None:
        """Another space has prices of its own; within one space nobody pays more for moving."""
        holder = row.member or self._by
        verdict = verdict_on_row(
            row,
            BookingRequest(starts_at=spot.span.start, ends_at=spot.span.end),
            machine=target,
            member=holder,
            by=holder,
            now=self._now,
            rules=(),
        )
        row.amount = verdict.quote.amount if verdict.quote else None

    def _displacement(self, row: Reservation, state: DisplacementState) -> Displacement:
        """What is kept of the time lost; who waits for an answer already lost an earlier one."""
        displacement = self._open.get(row.pk) or Displacement(
            reservation=row,
            machine=row.machine,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            state_before=row.state,
            created_at=self._now,
            created_by=self._by,
        )
        displacement.reservation, displacement.reason = row, self._reason[:200]
        displacement.state = state
        if state != DisplacementState.OPEN:
            displacement.decided_at, displacement.decided_by = self._now, self._by
        return displacement
