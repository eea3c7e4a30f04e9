"""Who may open which page of machines."""

from typing import Any

from django.utils.timezone import now

from machines.services.photos import add_photo
from machines.services.stocktaking import start_stocktake
from tests.config.doors.door import World, of_machine, of_space, public, staff
from tests.factories.members import RoleFactory
from tests.pictures import picture


def of_photo(world: World) -> list[Any]:
    return [add_photo(machine=world.machine, picture=picture(), alts={"en": "It"}).pk]


def of_stocktake(world: World) -> list[Any]:
    counting = RoleFactory(space=world.space).member
    started = start_stocktake(space=world.space, by=counting, now=now())
    return [*of_space(world), started.pk]


DOORS = {
    "machines:photo": public(of_photo),
    "machines:photo_small": public(of_photo),
    "machines:document": public(lambda w: [w.document]),
    "machines:inventory": staff(of_space),
    "machines:labels": staff(of_space, post=True),
    "machines:labels_chosen": staff(of_space, post=True),
    "machines:stocktakes": staff(of_space, post=True),
    "machines:stocktake": staff(of_stocktake, post=True),
    "machines:stocktake_csv": staff(of_stocktake),
    "machines:sheet": staff(of_machine, post=True),
    "machines:photo_edit": staff(lambda w: [*of_machine(w), *of_photo(w)], post=True),
    "machines:document_edit": staff(lambda w: [*of_machine(w), w.document], post=True),
}
