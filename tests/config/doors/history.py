"""Who may bring the past of a space, and take it back."""

from typing import Any

from booking.models import HistoryImport
from tests.config.doors.door import World, of_space, staff


def of_import(world: World) -> list[Any]:
    return [
        world.space.slug,
        HistoryImport.objects.create(space=world.space, filename="log.csv").pk,
    ]


DOORS = {
    "booking:history_import": staff(of_space, post=True),
    "booking:history_rows": staff(of_space),
    "booking:history_undo": staff(of_import, post=True),
}
