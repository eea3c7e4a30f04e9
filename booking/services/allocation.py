"""Reserving any unit of a pool, and giving reservations of a pool another unit (RULES, C15)."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from billing.pricing import Quote
from booking import notices
from booking.facts import BookingRequest, Refusal
from booking.models import Reservation
from booking.packing import assign
from booking.queries.pools import Sight, Stored, around, units_of
from booking.services.changing import touch_days
from booking.services.locking import in_transaction
from booking.services.placing import Claim, hold, place
from booking.services.refusing import (
    BookingRefused,
    TimeTaken,
    last_word_of_the_database,
    refuse,
    refused_tries_kept,
)
from booking.services.verdict import Verdict, verdicts_on
from booking.states import RefusalCode
from machines.models import Machine, Pool
from spaces.intervals import Interval

UNAVAILABLE = frozenset({RefusalCode.TAKEN, RefusalCode.MACHINE_OUT_OF_SERVICE})
"""Refusals that tell something about one unit at that time, not about who asks."""

CODES = list(RefusalCode)


@dataclass(frozen=True, slots=True)
class Choice:
    """The unit for a newcomer, and the new units of the reservations that make room for it."""

    unit: Machine
    verdict: Verdict
    moved: Mapping[int, int] = field(default_factory=dict)


def reserve_unit(
    *,
    pool: Pool,
    claim: Claim,
    request: BookingRequest,
    now: datetime,
    free_when_looked: int = 0,
) -> Reservation:
    """Keep a unit of `pool` for the holder of `claim`, whichever is free, and tell them so.

    Others whose reservation is on the pool, too, may get another unit to make room; named ones
    never do. `free_when_looked` tells how many units the page showed as free. Raises
    BookingRefused, and TimeTaken where no unit is left.
    """

    def work() -> Reservation:
        units = units_of(pool)
        hold(claim, pools=[pool.pk], machines=[unit.pk for unit in units])
        verdicts = _verdicts(units, claim, request, now=now)
        sight = Stored(pool, now)
        choice = choose(units, verdicts, request, sight, free_when_looked=free_when_looked)
        with units_exchanged(choice.moved, units):
            made = place(
                claim,
                machine=choice.unit,
                request=request,
                now=now,
                verdict=choice.verdict,
                pool=pool,
            )
        notices.reservation_confirmed(made, by=claim.by, now=now)
        return made

    with refused_tries_kept(pool=pool, member=claim.member, request=request, now=now):
        return in_transaction(work)


def check_units(
    *, pool: Pool, claim: Claim, request: BookingRequest, now: datetime
) -> tuple[list[Refusal], Quote | None, int]:
    """Why no unit could be reserved, what one would cost, and how many are free."""
    units = units_of(pool)
    verdicts = _verdicts(units, claim, request, now=now)
    free = [each for each in verdicts.values() if not each.refusals]
    try:
        choice = choose(units, verdicts, request, Stored(pool, now))
    except BookingRefused as error:
        quotes = [each.quote for each in verdicts.values() if each.quote]
        return error.refusals, quotes[0] if quotes else None, 0
    return [], choice.verdict.quote, max(1, len(free))


def choose(
    units: Sequence[Machine],
    verdicts: Mapping[int, Verdict],
    request: BookingRequest,
    sight: Sight,
    *,
    excluding: Reservation | None = None,
    free_when_looked: int = 0,
) -> Choice:
    """The unit that suits `request` best, others rearranged only where that is needed.

    Who is moved stays where they are if they can. Raises BookingRefused and TimeTaken.
    """
    fitting = [
        unit
        for unit in units
        if all(each.code in UNAVAILABLE for each in verdicts[unit.pk].refusals)
    ]
    free = [unit for unit in fitting if not verdicts[unit.pk].refusals]
    if excluding is not None and any(unit.pk == excluding.machine_id for unit in free):
        free = [unit for unit in free if unit.pk == excluding.machine_id]
    if len(free) == 1:
        return Choice(free[0], verdicts[free[0].pk])
    search = _Search(verdicts, request, sight)
    if free:
        return search.as_it_is(free)
    choice = search.rearranged(fitting) if fitting else None
    if choice is None:
        refuse(_reasons(fitting or units, verdicts, free_when_looked))
        raise TimeTaken(_all_taken(len(units), free_when_looked))
    return choice


@dataclass(frozen=True, slots=True)
class _Search:
    """What is looked for, and what the rules say to it on each unit."""

    verdicts: Mapping[int, Verdict]
    request: BookingRequest
    sight: Sight

    def as_it_is(self, free: Sequence[Machine]) -> Choice:
        """The free unit on which the least unused time is left beside the newcomer."""
        by_id = {unit.pk: unit for unit in free}
        wanted = _occupied(self.request, self.verdicts[free[0].pk])
        exchange = self.sight.exchange(free, wanted)
        found = assign(wanted, units=list(by_id), fixed=exchange.as_it_is, packed=[])
        unit = by_id[found.unit] if found else free[0]
        return Choice(unit, self.verdicts[unit.pk])

    def rearranged(self, fitting: Sequence[Machine]) -> Choice | None:
        """A unit that becomes free when others of the pool change theirs, if any does."""
        by_id = {unit.pk: unit for unit in fitting}
        wanted = _occupied(self.request, self.verdicts[fitting[0].pk])
        exchange = self.sight.exchange(fitting, wanted)
        if not exchange.packed:
            return None
        for group in self.sight.alike(fitting, around(wanted)):
            found = assign(
                _occupied(self.request, self.verdicts[group[0]]),
                units=group,
                fixed=exchange.fixed,
                packed=[each for each in exchange.packed if each.unit in group],
            )
            if found is not None:
                return Choice(by_id[found.unit], self._made_free(found.unit), found.moved)
        return None

    def _made_free(self, unit: int) -> Verdict:
        """The verdict on a unit that others leave; nobody waits for what none decided in time."""
        overdue = tuple(pk for each in self.verdicts.values() for pk in each.overdue)
        return replace(self.verdicts[unit], refusals=[], overdue=overdue)


def _occupied(request: BookingRequest, verdict: Verdict) -> Interval:
    terms = verdict.terms
    return request.span.widened(before=terms.setup, after=terms.turnaround)


def _verdicts(
    units: Sequence[Machine], claim: Claim, request: BookingRequest, *, now: datetime
) -> dict[int, Verdict]:
    if not units:
        refuse([none_works()])
    return verdicts_on(
        machines=units,
        member=claim.member,
        request=request,
        by=claim.by,
        company=claim.company,
        now=now,
    )


def _reasons(
    units: Sequence[Machine], verdicts: Mapping[int, Verdict], free_when_looked: int
) -> list[Refusal]:
    """Why none of `units` will do: what all of them say, else what the one nearest to it says."""
    told = [verdicts[unit.pk].refusals for unit in units]
    lasting = [[each for each in found if each.code not in UNAVAILABLE] for found in told]
    shared = set[RefusalCode].intersection(*({each.code for each in found} for found in lasting))
    reasons = [each for each in lasting[0] if each.code in shared] or min(lasting, key=len)
    codes = [{each.code for each in found} & UNAVAILABLE for found in told]
    if all(RefusalCode.MACHINE_OUT_OF_SERVICE in found for found in codes):
        reasons = [*reasons, none_works()]
    elif all(codes):
        working = sum(RefusalCode.MACHINE_OUT_OF_SERVICE not in found for found in codes)
        reasons = [*reasons, _all_taken(working, free_when_looked)]
    return sorted(reasons, key=lambda each: CODES.index(each.code))


def none_works() -> Refusal:
    """The refusal of a pool without a working unit."""
    return Refusal(
        code=RefusalCode.MACHINE_OUT_OF_SERVICE,
        message=_("None of them works at that time. Choose another time or another machine."),
    )


def _all_taken(count: int, free_when_looked: int) -> Refusal:
    """The refusal of a full pool; who saw a free unit a moment ago is told that it has gone."""
    if free_when_looked:
        message = _("Someone was faster: what was free a moment ago is full now.")
    elif count == 1:
        message = _("The only one that works is taken then. Choose another time.")
    else:
        message = _("All %(count)d are taken then. Choose another time.") % {"count": count}
    return Refusal(code=RefusalCode.TAKEN, message=message, field="start")


@contextmanager
def units_exchanged(moved: Mapping[int, int], units: Sequence[Machine]) -> Iterator[None]:
    """Give the rows `moved` their new units, together with what is written inside.

    Nobody is told: the unit is shown at check-in. Raises TimeTaken where it does not work out.
    """
    if not moved:
        yield
        return
    by_id = {unit.pk: unit for unit in units}
    # Two rows that change places overlap until the second is written (HOUSE §5).
    with only_checked_at_the_end():
        for row in Reservation.objects.filter(pk__in=moved).select_related("machine__space"):
            touch_days(row.machine, row.occupied_from, row.occupied_until)
            row.machine = by_id[moved[row.pk]]
            row.save(update_fields=["machine"])
            touch_days(row.machine, row.occupied_from, row.occupied_until)
        yield


@contextmanager
def only_checked_at_the_end() -> Iterator[None]:
    """Let rows overlap for as long as this lasts; raises TimeTaken where some still do then."""
    with last_word_of_the_database():
        _constraint("DEFERRED")
        yield
        _constraint("IMMEDIATE")


def _constraint(mode: str) -> None:
    """Have the database keep rows apart at once, or only when it is asked to again."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS reservation_machine_free {mode}")
