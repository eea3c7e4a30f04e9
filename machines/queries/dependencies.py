"""Which machines need which, and what of that stands in the way now."""

from collections.abc import Iterable

from machines.chains import Edge, closes_a_circle, standing_still_with
from machines.models import Dependency, Machine
from spaces.models import Space


def edges_of(space_id: int) -> list[Edge]:
    """Every machine of a space with each that it needs, in one query."""
    rows = Dependency.objects.filter(machine__space=space_id).order_by()
    return list(rows.values_list("machine_id", "needs_id"))


def stopped_with(machine: Machine) -> list[Machine]:
    """`machine`, then all in service that stand still whenever it does; at most two queries."""
    others = standing_still_with(machine.pk, edges_of(machine.space_id))
    if not others:
        return [machine]
    rows = Machine.objects.in_service().filter(pk__in=others).select_related("space", "pool")
    return [machine, *rows.order_by("name", "pk")]


def could_need(machine: Machine) -> list[Machine]:
    """The machines that `machine` may be said to need: of its space, and none that needs it."""
    edges = edges_of(machine.space_id)
    told = {needs for one, needs in edges if one == machine.pk}
    closed = {machine.pk} | standing_still_with(machine.pk, edges) | told
    rows = Machine.objects.in_service().filter(space=machine.space_id).exclude(pk__in=closed)
    return list(rows.order_by("name", "pk"))


def may_need(machine: Machine, needs: Machine) -> bool:
    """Whether no circle comes of it that `machine` needs `needs`."""
    return not closes_a_circle(machine.pk, needs.pk, edges_of(machine.space_id))


def needed_in(space: Space, machines: Iterable[Machine]) -> dict[int, list[Machine]]:
    """What each of `machines` needs directly, by its id."""
    found: dict[int, list[Machine]] = {machine.pk: [] for machine in machines}
    rows = Dependency.objects.filter(machine__space=space, machine__in=found)
    for row in rows.select_related("needs"):
        found[row.machine_id].append(row.needs)
    return found
