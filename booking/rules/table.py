"""Every rule that a request must keep, as one readable table.

A rule's name states what holds; it returns a Refusal when it does not. Rules are pure: they
see a request and the facts about it, never the database and never the clock.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from booking.facts import BookingRequest, Facts, Refusal
from booking.rules.machines import (
    hours_are_allowed,
    machine_is_in_service,
    space_is_open,
    time_is_free,
)
from booking.rules.people import (
    certification_is_valid,
    contract_has_the_hours,
    contract_is_in_force,
    member_is_certified,
    membership_is_active,
    open_reservations_are_few,
    person_may_book,
    quotas_are_kept,
)
from booking.rules.times import (
    end_is_in_the_future,
    horizon_is_kept,
    lead_time_is_kept,
    lead_time_to_the_end_is_kept,
    span_is_long_enough,
    span_is_short_enough,
    start_is_in_the_future,
    times_are_on_the_grid,
    use_becomes_longer,
)
from booking.states import RefusalCode

Rule = Callable[[BookingRequest, Facts], Refusal | None]

OF_ANY_TIME_TAKEN: tuple[Rule, ...] = (
    span_is_short_enough,
    times_are_on_the_grid,
    space_is_open,
    hours_are_allowed,
    machine_is_in_service,
    member_is_certified,
    certification_is_valid,
    membership_is_active,
    contract_is_in_force,
    contract_has_the_hours,
    quotas_are_kept,
    open_reservations_are_few,
    time_is_free,
)
"""What any time that is taken must keep, in the order in which it is told."""

RULES: tuple[Rule, ...] = (
    start_is_in_the_future,
    lead_time_is_kept,
    horizon_is_kept,
    span_is_long_enough,
    *OF_ANY_TIME_TAKEN,
    person_may_book,
)
PROLONGING: tuple[Rule, ...] = (
    end_is_in_the_future,
    lead_time_to_the_end_is_kept,
    use_becomes_longer,
    *OF_ANY_TIME_TAKEN,
)
"""What the time added to a use that goes on must keep: how it began is not asked again."""
WAIVABLE = frozenset(
    {
        RefusalCode.LEAD_TIME,
        RefusalCode.HORIZON,
        RefusalCode.TOO_SHORT,
        RefusalCode.TOO_LONG,
        RefusalCode.OFF_GRID,
        RefusalCode.CLOSED,
        RefusalCode.MEMBERSHIP_INACTIVE,
        RefusalCode.QUOTA,
        RefusalCode.TOO_MANY_OPEN_RESERVATIONS,
    }
)
"""Staff may book in spite of these, never in spite of the others."""


def binding(refusals: Iterable[Refusal]) -> list[Refusal]:
    """The refusals that stand for staff too."""
    return [each for each in refusals if each.is_firm or each.code not in WAIVABLE]


class Judged(NamedTuple):
    """A rule, and its refusal where it is broken."""

    rule: Rule
    refusal: Refusal | None


def judge(
    request: BookingRequest, facts: Facts, rules: tuple[Rule, ...] = RULES
) -> Iterator[Judged]:
    """What each rule says to `request`, kept or broken, in the order of `rules`."""
    for rule in rules:
        yield Judged(rule, rule(request, facts))


def check(request: BookingRequest, facts: Facts, rules: tuple[Rule, ...] = RULES) -> list[Refusal]:
    """Every refusal that applies to `request`, in the order of `rules`."""
    return [each.refusal for each in judge(request, facts, rules) if each.refusal is not None]
