"""The pages of machines, and what is none."""

from tests.journeys.rooms.room import Room

ROOM = Room(
    staff={
        "inventory": "/spaces/atelier/inventory/",
        "hours": "/spaces/atelier/hours/",
        "hours-staffed": "/spaces/atelier/hours/?kind=staffed",
        "machine-hours": "/spaces/atelier/machines/speedy/hours/",
    },
    no_pages={
        "machines:document": "a file",
        "machines:photo": "a picture",
    },
)
