"""What the rules and the price list say to a request."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from billing.pricing import Quote, quote
from billing.queries import prices_of
from booking.facts import BookingRequest, Facts, Refusal, Terms
from booking.models import Reservation
from booking.queries.facts import facts_for_units
from booking.rules import (
    RULES,
    Rule,
    binding,
    certification_is_valid,
    check,
    contract_has_the_hours,
    contract_is_in_force,
    machine_is_in_service,
    member_is_certified,
    membership_is_active,
    person_may_book,
    start_is_in_the_future,
    time_is_free,
)
from booking.states import RefusalCode
from machines.models import Machine
from members.models import Company, Member
from members.states import Audience

MOVING = tuple(rule for rule in RULES if rule is not person_may_book)
"""What a moved reservation must keep; who may move it is asked of the reservation itself."""

RESTORING = (
    start_is_in_the_future,
    machine_is_in_service,
    contract_is_in_force,
    contract_has_the_hours,
    time_is_free,
)
"""What must hold for a cancellation to be undone: the rest held when it was reserved."""

ACCEPTING: tuple[Rule, ...] = (
    start_is_in_the_future,
    machine_is_in_service,
    member_is_certified,
    certification_is_valid,
    membership_is_active,
    contract_is_in_force,
)
"""What may have changed since a time was proposed; no quota counts against who was displaced."""

PERSONAL = frozenset(
    {
        RefusalCode.NOT_CERTIFIED,
        RefusalCode.CERTIFICATION_EXPIRED,
        RefusalCode.MEMBERSHIP_INACTIVE,
    }
)
"""Refusals that tell something about the member, not about the machine or the time."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The refusals that stand for the acting person, and the terms and price behind them."""

    refusals: list[Refusal]
    terms: Terms
    quote: Quote | None
    overdue: tuple[int, ...] = ()
    is_by_staff: bool = False


def verdict_on(
    *,
    machine: Machine,
    member: Member,
    request: BookingRequest,
    by: Member,
    company: Company | None,
    now: datetime,
    excluding: Collection[Reservation] = (),
    rules: tuple[Rule, ...] = RULES,
) -> Verdict:
    """Judge `request` by `rules`; staff of the space are let off what is WAIVABLE."""
    return verdicts_on(
        machines=[machine],
        member=member,
        request=request,
        by=by,
        company=company,
        now=now,
        excluding=excluding,
        rules=rules,
    )[machine.pk]


def verdict_on_row(
    row: Reservation,
    request: BookingRequest,
    *,
    machine: Machine,
    member: Member,
    by: Member,
    now: datetime,
    rules: tuple[Rule, ...],
) -> Verdict:
    """Judge giving `row` what is asked for on `machine`, its own time not counted against it."""
    return verdict_on(
        machine=machine,
        member=member,
        request=request,
        by=by,
        company=row.company,
        now=now,
        excluding=[row],
        rules=rules,
    )


def verdicts_on(
    *,
    machines: Sequence[Machine],
    member: Member,
    request: BookingRequest,
    by: Member,
    company: Company | None,
    now: datetime,
    excluding: Collection[Reservation] = (),
    rules: tuple[Rule, ...] = RULES,
    together: bool = False,
) -> dict[int, Verdict]:
    """The verdict on each of `machines` of one space by its id, in as many queries as on one.

    Where all are asked for `together`, each is judged with those before it.
    """
    facts = facts_for_units(
        machines=machines,
        request=request,
        member=member,
        by=by,
        company=company,
        now=now,
        excluding=excluding,
        together=together,
    )
    prices = prices_of(machines)
    return {
        machine.pk: verdict_of(
            facts[machine.pk],
            request=request,
            machine=machine,
            prices=prices.get(machine.pk, {}),
            is_own=by.pk == member.pk,
            rules=rules,
        )
        for machine in machines
    }


def verdict_of(
    facts: Facts,
    *,
    request: BookingRequest,
    machine: Machine,
    prices: dict[Audience, Decimal],
    is_own: bool,
    rules: tuple[Rule, ...] = RULES,
) -> Verdict:
    """What the rules say to `request` where its facts and prices are known already."""
    return Verdict(
        refusals=_refusals(request, facts, rules, is_own=is_own),
        terms=facts.terms,
        quote=_quote(prices, machine, request, facts.audience),
        overdue=facts.overdue,
        is_by_staff=facts.is_staff,
    )


def _refusals(
    request: BookingRequest, facts: Facts, rules: tuple[Rule, ...], *, is_own: bool
) -> list[Refusal]:
    """What stands for the acting person, and what is theirs to know."""
    refusals = check(request, facts, rules)
    if person_may_book in rules and not facts.is_allowed and not is_own:
        # What somebody has learned and paid is not for strangers to find out by asking.
        refusals = [each for each in refusals if each.code not in PERSONAL]
    if facts.is_staff:
        return binding(refusals)
    if any(each.code == RefusalCode.IN_THE_PAST for each in refusals):
        # Who had a machine on days that are over is not to be found out by asking for them.
        refusals = [each for each in refusals if each.code != RefusalCode.TAKEN]
    return refusals


def occupy(reservation: Reservation, request: BookingRequest, verdict: Verdict) -> None:
    """Give `reservation` its time, with setup and turnaround around it."""
    occupied = request.whole.widened(before=verdict.terms.setup, after=verdict.terms.turnaround)
    reservation.starts_at, reservation.ends_at = request.whole.start, request.whole.end
    reservation.occupied_from, reservation.occupied_until = occupied.start, occupied.end


def tell_price(reservation: Reservation, verdict: Verdict) -> None:
    """Let `reservation` cost what was judged."""
    reservation.amount = verdict.quote.amount if verdict.quote else None


def _quote(
    prices: dict[Audience, Decimal], machine: Machine, request: BookingRequest, audience: Audience
) -> Quote | None:
    """The price of the span; that of makers where an audience has none of its own."""
    if request.ends_at <= request.starts_at:
        return None
    hourly = prices.get(audience, prices.get(Audience.MAKER))
    if hourly is None:
        return None
    return quote(request.whole, hourly=hourly, currency=machine.space.currency)
