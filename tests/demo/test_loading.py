"""Everything that loads the demo can at least be read: the rest of the suite never starts it."""

from importlib import import_module
from pkgutil import walk_packages

import demo


def test_every_room_of_the_demo_can_be_entered() -> None:
    rooms = [room.name for room in walk_packages(demo.__path__, "demo.")]
    assert "demo.management.commands.load_demo" in rooms
    for room in rooms:
        import_module(room)
