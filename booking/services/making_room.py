"""Room for who names a unit of a pool: whoever would have any unit takes another (RULES, C15)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from booking.facts import BookingRequest
from booking.models import Reservation
from booking.packing import assign
from booking.queries.pools import alike_in, around, exchange_on, units_of
from booking.services.allocation import units_exchanged
from booking.services.placing import Claim, hold, judge, place
from booking.services.refusing import TimeTaken, refuse
from booking.services.verdict import Verdict
from booking.states import RefusalCode
from machines.models import Machine, Pool


def place_alone(
    claim: Claim, *, machine: Machine, request: BookingRequest, now: datetime
) -> Reservation:
    """Keep `machine` for `claim` where nobody has it. Raises BookingRefused and TimeTaken."""
    hold(claim, machines=[machine.pk])
    return place(claim, machine=machine, request=request, now=now)


def place_with_room(
    claim: Claim, *, machine: Machine, request: BookingRequest, now: datetime
) -> Reservation:
    """Keep `machine` for `claim`, although others of its pool have it now, where they can yield.

    Nobody is told: to whom any unit would do it is shown at check-in. Raises BookingRefused, and
    TimeTaken where they cannot.
    """
    if machine.pool is None:
        raise TimeTaken
    units = units_of(machine.pool)
    hold(claim, pools=[machine.pool.pk], machines=[machine.pk, *(unit.pk for unit in units)])
    verdict = judge(claim, machine=machine, request=request, now=now)
    moved = _yielding(machine, machine.pool, units, request, verdict, now=now)
    if moved is None:
        refuse(verdict.refusals)
    free = replace(verdict, refusals=[])
    with units_exchanged(moved or {}, units):
        return place(claim, machine=machine, request=request, now=now, verdict=free)


def can_make_room(
    machine: Machine, request: BookingRequest, verdict: Verdict, *, now: datetime
) -> bool:
    """Whether others of the pool of `machine` could yield to who is judged."""
    if not _is_only_taken(verdict) or machine.pool is None:
        return False
    units = units_of(machine.pool)
    return _yielding(machine, machine.pool, units, request, verdict, now=now) is not None


def _yielding(
    machine: Machine,
    pool: Pool,
    units: Sequence[Machine],
    request: BookingRequest,
    verdict: Verdict,
    *,
    now: datetime,
) -> Mapping[int, int] | None:
    """The new units of those that make room on `machine`; None where nobody does or can."""
    if not _is_only_taken(verdict):
        return None
    terms = verdict.terms
    wanted = request.span.widened(before=terms.setup, after=terms.turnaround)
    exchange = exchange_on(pool, units, wanted, now=now)
    if not any(each.unit == machine.pk for each in exchange.packed):
        return None
    group = next(group for group in alike_in(units, around(wanted)) if machine.pk in group)
    found = assign(
        wanted,
        units=group,
        fixed=exchange.fixed,
        packed=[each for each in exchange.packed if each.unit in group],
        on=machine.pk,
    )
    return found.moved if found else None


def _is_only_taken(verdict: Verdict) -> bool:
    """Whether nothing but the time of others is in the way."""
    return {each.code for each in verdict.refusals} == {RefusalCode.TAKEN}
