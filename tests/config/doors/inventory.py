"""Who may change the inventory, and say what is loaded and who comes first."""

from typing import Any

from machines.models import Change
from tests.config.doors.door import FORBIDDEN, LOGIN, Door, World, of_machine, of_space, staff


def of_change(world: World) -> list[Any]:
    return [world.space.slug, Change.objects.create(space=world.space, kind="bulk").pk]


DOORS = {
    "machines:inventory_choose": staff(of_space, post=True),
    "machines:machine_new": staff(of_space, post=True),
    "machines:machine_edit": staff(of_machine, post=True),
    "booking:machine_copy": staff(of_machine, post=True),
    "billing:inventory_workbook": staff(of_space),
    "booking:inventory_bulk": staff(of_space, post=True),
    "booking:inventory_retire": staff(of_space, post=True),
    "booking:inventory_changes": staff(of_space),
    "booking:inventory_change": staff(of_change, post=True),
    "booking:machine_history": staff(of_machine),
    "booking:machine_retire": staff(of_machine, post=True),
    "booking:machine_move": staff(of_machine, post=True),
    "booking:machine_back": staff(of_machine, post=True),
    "booking:loaded": Door(of_machine, LOGIN, FORBIDDEN, FORBIDDEN, post=True),
    "booking:machine_priority": staff(of_machine),
}
