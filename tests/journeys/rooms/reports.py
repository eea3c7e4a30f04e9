"""The pages of reports, and what is none."""

from tests.journeys.rooms.room import Room

ROOM = Room(
    visitor={
        "metrics": "/metrics/",
    },
    staff={
        "utilisation": "/spaces/atelier/utilisation/?month=2026-10",
        "utilisation-empty": "/spaces/atelier/utilisation/?month=2020-01",
    },
    no_pages={
        "reports:chart": "a picture",
        "reports:export": "a file",
    },
)
