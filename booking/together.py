"""Several machines for one time: what holds for all of them, and how their refusals are told.

Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from math import lcm

from django.utils.translation import gettext as _

from booking.facts import Refusal, Terms
from booking.states import RefusalCode

MINUTE = timedelta(minutes=1)
CODES = list(RefusalCode)


def joint_terms(terms: Sequence[Terms]) -> Terms:
    """The terms that a time must keep to suit each of these; the rest is that of the first.

    The grids of the house are whole minutes, so that they meet again after a while.
    """
    return replace(
        terms[0],
        lead_time=max(each.lead_time for each in terms),
        horizon_days=min(each.horizon_days for each in terms),
        shortest=max(each.shortest for each in terms),
        longest=min(each.longest for each in terms),
        grid=lcm(*(max(1, each.grid // MINUTE) for each in terms)) * MINUTE,
    )


def approved_as_one(terms: Sequence[Terms]) -> list[Terms]:
    """The same terms, where the approval that one of them asks for is asked for all.

    What is to be had together is decided together, before the earliest of the delays is over.
    """
    holds = [each.approval_hold for each in terms if each.approval_needed]
    if not holds:
        return list(terms)
    return [replace(each, approval_needed=True, approval_hold=min(holds)) for each in terms]


def told_together(told: Iterable[tuple[int, str, Iterable[Refusal]]]) -> list[Refusal]:
    """The refusals of machines, each given by id and name, as one list in the order of the codes.

    What is said of every machine alike is told once; all else names its machine.
    """
    machines = [(pk, name, list(refusals)) for pk, name, refusals in told]
    first = machines[0][2]
    if len(machines) == 1:
        return first
    alike = [each for each in first if all(each in found for _pk, _name, found in machines)]
    named = [
        replace(
            each,
            machine_id=pk,
            message=_("%(machine)s: %(reason)s") % {"machine": name, "reason": each.message},
        )
        for pk, name, refusals in machines
        for each in refusals
        if each not in alike
    ]
    return sorted([*alike, *named], key=lambda each: CODES.index(each.code))
