"""The pages of reports, and what is none."""

from tests.journeys.rooms.room import Room

MONTH = "from=2026-10-01&until=2026-10-31"

ROOM = Room(
    visitor={
        "metrics": "/metrics/",
    },
    staff={
        "utilisation": f"/reports/utilisation/?scope=space:atelier&{MONTH}",
        "utilisation-empty": "/reports/utilisation/?scope=space:atelier&from=2020-01-01",
        "utilisation-wrong": "/reports/utilisation/?scope=network&from=2020-02-29&until=2020-02-01",
        "utilisation-sessions": f"/reports/utilisation/sessions/?scope=space:atelier&{MONTH}",
    },
    no_pages={
        "reports:chart": "a picture",
        "reports:export": "a file",
        "reports:space_utilisation": "a way to the page",
    },
)
