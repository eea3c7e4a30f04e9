"""Every rule that a request must keep: `table` lists them, the other rooms say what each asks."""

from booking.rules.changing import (
    cancellation_is_free,
    not_allowed,
    too_late_to_change,
)
from booking.rules.machines import (
    hours_are_allowed,
    machine_is_in_service,
    space_is_open,
    taken,
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
from booking.rules.table import (
    PROLONGING,
    RULES,
    Judged,
    Rule,
    binding,
    check,
    judge,
)
from booking.rules.times import (
    horizon_is_kept,
    lead_time_is_kept,
    span_is_long_enough,
    span_is_short_enough,
    start_is_in_the_future,
    times_are_on_the_grid,
)

__all__ = [
    "PROLONGING",
    "RULES",
    "Judged",
    "Rule",
    "binding",
    "cancellation_is_free",
    "certification_is_valid",
    "check",
    "contract_has_the_hours",
    "contract_is_in_force",
    "horizon_is_kept",
    "hours_are_allowed",
    "judge",
    "lead_time_is_kept",
    "machine_is_in_service",
    "member_is_certified",
    "membership_is_active",
    "not_allowed",
    "open_reservations_are_few",
    "person_may_book",
    "quotas_are_kept",
    "space_is_open",
    "span_is_long_enough",
    "span_is_short_enough",
    "start_is_in_the_future",
    "taken",
    "time_is_free",
    "times_are_on_the_grid",
    "too_late_to_change",
]
