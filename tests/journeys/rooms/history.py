"""The page on which staff bring the past of a space."""

from booking.services.bringing import import_file
from booking.services.history.sources import keep_upload
from machines.models import ImportDraft
from machines.services.drafts import ask_for_import
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
    """A log of which one row is new, one names no machine of ours, and one has no length.

    One like it came in, and one waits for a worker.
    """
    brought, waits = _wanted(lively), _wanted(lively)
    import_file(brought, now=NOW)
    return {"past": _uploaded(lively).pk, "past_done": brought.pk, "past_waits": waits.pk}


def _uploaded(lively: Lively) -> ImportDraft:
    files = [("log.csv", LOG.encode())]
    return keep_upload(space=lively.space, member=lively.staff, files=files, now=NOW)


def _wanted(lively: Lively) -> ImportDraft:
    draft = _uploaded(lively)
    ask_for_import(draft, good_rows_only=True, language="en", now=NOW)
    draft.refresh_from_db()
    return draft


ROOM = Room(
    staff={
        "past": "/spaces/atelier/past/",
        "past-preview": "/spaces/atelier/past/?draft={past}",
        "past-done": "/spaces/atelier/past/?draft={past_done}",
        "past-waits": "/spaces/atelier/past/?draft={past_waits}",
    },
    no_pages={
        "booking:history_rows": "a file",
        "booking:history_undo": "an action",
    },
    furnish=furnish,
)
