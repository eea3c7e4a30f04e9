"""Who may open which page of the stock."""

from typing import Any

from tests.config.doors.door import Door, World, of_space, staff


def of_consumable(world: World) -> list[Any]:
    return [world.space.slug, world.consumable.pk]


def of_supplier(world: World) -> list[Any]:
    return [world.space.slug, world.supplier.pk]


DOORS: dict[str, Door] = {
    "machines:stock": staff(of_space),
    "machines:consumable_new": staff(of_space, post=True),
    "machines:stock_count": staff(of_space, post=True),
    "machines:stock_movements": staff(of_space),
    "machines:consumable": staff(of_consumable, post=True),
    "machines:consumable_change": staff(of_consumable, post=True),
    "machines:suppliers": staff(of_space),
    "machines:supplier_new": staff(of_space, post=True),
    "machines:supplier": staff(of_supplier, post=True),
}
