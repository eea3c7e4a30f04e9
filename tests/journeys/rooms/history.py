"""The page on which staff bring the past of a space."""

from booking.services.history.sources import keep_upload
from tests.booking.lively import NOW, Lively
from tests.journeys.rooms.room import Names, Room

LOG = (
    "machine;date;from;to;user;type\n"
    "Speedy;4.3.2025;9:00;11:30;12;use\n"
    "Speedy;5.3.2025;9:00;8:00;12;booking\n"
    "Ponceuse;6.3.2025;10:00;12:00;;\n"
    "Speedy;7.3.2025;9:00;9:00;12;use\n"
)


def furnish(lively: Lively) -> Names:
    """A log of which one row is new, one names no machine of ours, and one has no length."""
    draft = keep_upload(
        space=lively.space, member=lively.staff, files=[("log.csv", LOG.encode())], now=NOW
    )
    return {"past": draft.pk}


ROOM = Room(
    staff={
        "past": "/spaces/atelier/past/",
        "past-preview": "/spaces/atelier/past/?draft={past}",
    },
    no_pages={
        "booking:history_progress": "for a script",
        "booking:history_rows": "a file",
        "booking:history_undo": "an action",
    },
    furnish=furnish,
)
