"""The pages of billing, and what is none."""

from tests.journeys.rooms.room import Room

ROOM = Room(
    staff={
        "prices": "/spaces/atelier/machines/speedy/prices/",
        "import": "/spaces/atelier/inventory/import/",
        "import-preview": "/spaces/atelier/inventory/import/?draft={draft}",
    },
    no_pages={
        "billing:inventory_export": "a file",
    },
)
