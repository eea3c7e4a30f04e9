"""Which terms apply to which machine: its own policy, that of its category, the defaults."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from booking import states
from booking.models import Policy
from booking.rules import Terms
from booking.states import MAX_SPAN
from machines.models import Machine
from machines.queries.opening import Placed
from spaces.prepared import Prepared, any_given

DEFAULTS: dict[str, Any] = {
    "lead_time": states.DEFAULT_LEAD_TIME,
    "horizon_days": states.DEFAULT_HORIZON_DAYS,
    "shortest": states.DEFAULT_SHORTEST,
    "longest": states.DEFAULT_LONGEST,
    "grid": states.DEFAULT_GRID,
    "setup": states.DEFAULT_SETUP,
    "turnaround": states.DEFAULT_TURNAROUND,
    "staff_needed": False,
    "approval_needed": False,
    "approval_hold": states.DEFAULT_APPROVAL_HOLD,
    "membership_needed": False,
    "early_check_in": states.DEFAULT_EARLY_CHECK_IN,
    "grace_period": states.DEFAULT_GRACE_PERIOD,
    "cancellation_window": states.DEFAULT_CANCELLATION_WINDOW,
    "auto_close_after": states.DEFAULT_AUTO_CLOSE_AFTER,
    "offer_hold": states.DEFAULT_OFFER_HOLD,
}
FIELDS = tuple(DEFAULTS)

POLICIES = Prepared(
    lambda: Policy.objects.filter(
        Q(machine=any_given("machines")) | Q(machine=None, space=any_given("spaces"))
    ).values_list("machine_id", "space_id", "category_id", *FIELDS)
)


def terms_of(machine: Machine) -> Terms:
    """The terms of one machine, in one query."""
    return terms_of_many([machine])[machine.pk]


def terms_of_many(machines: Iterable[Placed]) -> dict[int, Terms]:
    """The terms of each machine by its id, in one query for any number of machines.

    Machines without a policy of their own share those of their category, as one object.
    """
    machines = list(machines)
    if not machines:
        return {}
    rows = POLICIES(
        machines=[machine.pk for machine in machines],
        spaces=list({machine.space_id for machine in machines}),
    )
    of_machine: dict[int, dict[str, Any]] = {}
    of_category: dict[tuple[int, int], dict[str, Any]] = {}
    for machine_id, space_id, category_id, *values in rows:
        given = {
            name: value for name, value in zip(FIELDS, values, strict=True) if value is not None
        }
        if machine_id is not None:
            of_machine[machine_id] = given
        else:
            of_category[space_id, category_id] = given
    shared: dict[tuple[int, int], Terms] = {}
    terms = {}
    for machine in machines:
        kind = (machine.space_id, machine.category_id)
        if machine.pk in of_machine:
            terms[machine.pk] = _resolved(of_category.get(kind, {}), of_machine[machine.pk])
            continue
        if kind not in shared:
            shared[kind] = _resolved(of_category.get(kind, {}), {})
        terms[machine.pk] = shared[kind]
    return terms


def _resolved(of_category: dict[str, Any], of_machine: dict[str, Any]) -> Terms:
    """Fill in what is not given; no reservation outgrows MAX_SPAN, whatever a policy allows."""
    terms = {**DEFAULTS, **of_category, **of_machine}
    terms["longest"] = min(terms["longest"], MAX_SPAN - terms["setup"] - terms["turnaround"])
    return Terms(**terms)
