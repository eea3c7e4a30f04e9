"""Several machines for one time, all or none: one row for each, kept and given back together."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import uuid4

from django.utils.translation import gettext as _

from billing.pricing import Quote
from booking import notices
from booking.facts import BookingRequest, Refusal
from booking.models import Reservation
from booking.queries.common_time import units_beside
from booking.rules import not_allowed
from booking.services.locking import in_transaction
from booking.services.placing import Claim, hold, place
from booking.services.refusing import refuse, refused_tries_kept
from booking.services.verdict import Verdict, verdicts_on
from booking.together import approved_as_one, told_together
from machines.models import Machine

MOST_MACHINES = 12
"""How many may be asked for at once; each is locked while all are judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CartVerdict:
    """Why not, of all and of each machine, and what each would cost, in the order asked for."""

    refusals: list[Refusal]
    quotes: list[tuple[Machine, Quote | None]]

    @property
    def total(self) -> Decimal | None:
        """The price of all together; None where none of them has one."""
        told = [quote.amount for _machine, quote in self.quotes if quote]
        return sum(told, Decimal(0)) if told else None


def check_together(
    *,
    machines: Sequence[Machine],
    claim: Claim,
    request: BookingRequest,
    now: datetime,
    any_unit: Collection[int] = (),
) -> CartVerdict:
    """Every reason why `claim` could not have all `machines` at once, and what each would cost.

    As many queries as for one machine, and those for one more where `any_unit` of a pool will do.
    """
    reasons = _reasons_not_to_combine(machines)
    if reasons:
        return CartVerdict(refusals=reasons, quotes=[])
    units = units_beside(machines, any_unit)
    machines = _with_units(machines, any_unit, units, claim, request, now=now)
    verdicts = _judge(machines, claim, request, now=now)
    return CartVerdict(
        refusals=_told(machines, verdicts),
        quotes=[
            (machine, verdict.quote) for machine, verdict in zip(machines, verdicts, strict=True)
        ],
    )


def reserve_together(
    *,
    machines: Sequence[Machine],
    claim: Claim,
    request: BookingRequest,
    now: datetime,
    any_unit: Collection[int] = (),
) -> list[Reservation]:
    """Keep all `machines` for the holder of `claim` or none of them, and tell them once.

    For each of those whose ids are in `any_unit` another unit of its pool will do. Each is judged
    with those before it: quotas and contracts count them all. What one of them asks approval for
    waits with all others. Raises BookingRefused with every rule broken, each
    naming its machine, and TimeTaken if nothing but somebody's reservation stands in the way.
    """

    def work() -> list[Reservation]:
        units = units_beside(machines, any_unit)
        hold(
            claim,
            pools={unit.pool_id for unit in units if unit.pool_id is not None},
            machines={machine.pk for machine in (*machines, *units)},
        )
        found = _with_units(machines, any_unit, units, claim, request, now=now)
        verdicts = _judge(found, claim, request, now=now)
        refuse(_told(found, verdicts))
        bundle_id = uuid4() if len(found) > 1 else None
        made = [
            place(
                claim,
                machine=machine,
                request=request,
                now=now,
                verdict=verdict,
                bundle_id=bundle_id,
                pool=machine.pool if asked.pk in any_unit else None,
            )
            for asked, machine, verdict in zip(machines, found, verdicts, strict=True)
        ]
        notices.reservation_confirmed(made[0], by=claim.by, now=now)
        return made

    refuse(_reasons_not_to_combine(machines))
    with refused_tries_kept(together=machines, member=claim.member, request=request, now=now):
        return in_transaction(work)


def _with_units(
    machines: Sequence[Machine],
    any_unit: Collection[int],
    units: Sequence[Machine],
    claim: Claim,
    request: BookingRequest,
    *,
    now: datetime,
) -> list[Machine]:
    """The same machines, a free unit of its pool for each of which any will do.

    Whoever has a unit of the pool stays where they are: a cart is looked for as things are.
    """
    if not units:
        return list(machines)
    verdicts = verdicts_on(
        machines=units,
        member=claim.member,
        request=request,
        by=claim.by,
        company=claim.company,
        now=now,
    )
    left, found = list(units), []
    for machine in machines:
        unit = machine
        if machine.pk in any_unit:
            alike = [each for each in left if each.pool_id == machine.pool_id]
            unit = min(
                alike,
                key=lambda each: (len(verdicts[each.pk].refusals), each.pk != machine.pk),
                default=machine,
            )
            left = [each for each in left if each.pk != unit.pk]
        found.append(unit)
    return found


def _judge(
    machines: Sequence[Machine], claim: Claim, request: BookingRequest, *, now: datetime
) -> list[Verdict]:
    """The verdict on each of `machines`, judged with those before it."""
    found = verdicts_on(
        machines=machines,
        member=claim.member,
        request=request,
        by=claim.by,
        company=claim.company,
        now=now,
        together=True,
    )
    return as_one([found[machine.pk] for machine in machines])


def as_one(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The same verdicts, where what one of them has staff approve waits with all others."""
    terms = approved_as_one([each.terms for each in verdicts])
    return [replace(each, terms=own) for each, own in zip(verdicts, terms, strict=True)]


def _told(machines: Sequence[Machine], verdicts: Sequence[Verdict]) -> list[Refusal]:
    return told_together(
        (machine.pk, machine.name, verdict.refusals)
        for machine, verdict in zip(machines, verdicts, strict=True)
    )


def _reasons_not_to_combine(machines: Sequence[Machine]) -> list[Refusal]:
    if not machines:
        return [not_allowed(_("Choose the machines first."))]
    if len({machine.pk for machine in machines}) < len(machines):
        return [not_allowed(_("Each machine can be chosen only once."))]
    if len({machine.space_id for machine in machines}) > 1:
        return [not_allowed(_("Choose machines of one space: they are used at one time."))]
    if len(machines) > MOST_MACHINES:
        most = {"count": MOST_MACHINES}
        return [not_allowed(_("Choose at most %(count)d machines at a time.") % most)]
    return []
