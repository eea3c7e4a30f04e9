"""The files of reports and the reports that are mailed, and what is no page."""

from django.utils.timezone import now

from reports.models import Export, SavedReport
from reports.states import ExportState
from tests.booking.lively import Lively
from tests.journeys.rooms.room import Names, Room

MONTH = "scope=space:atelier&from=2026-10-01&until=2026-10-31"
STATES = {"file": ExportState.READY, "file_made": "", "file_failed": ExportState.FAILED}


def furnish(lively: Lively) -> Names:
    """A file that is ready, one that is being made, one that failed, and a report for all staff."""
    files = {
        name: Export.objects.create(
            member=lively.staff,
            content="sessions",
            format="xlsx",
            query=MONTH,
            title="Atelier, October 2026",
            filename="sessions-space-atelier-2026-10-01-2026-10-31.xlsx",
            language="en",
            state=state or ExportState.WAITING,
            done=420_000,
            total=1_000_000,
            size=61_000_000,
            created_at=now(),
        ).pk
        for name, state in STATES.items()
    }
    saved = SavedReport.objects.create(
        name="For the committee", scope=f"space:{lively.space.pk}", made_by=lively.staff
    )
    saved.recipients.add(lively.staff)
    return {**files, "saved": saved.pk}


ROOM = Room(
    staff={
        "files": "/reports/files/",
        "file": "/reports/files/{file}/",
        "file-made": "/reports/files/{file_made}/",
        "file-failed": "/reports/files/{file_failed}/",
        "saved": "/reports/saved/?scope=space:atelier",
        "saved-new": "/reports/saved/new/?scope=space:atelier",
        "saved-edit": "/reports/saved/{saved}/",
        "logo": "/spaces/atelier/logo/",
    },
    no_pages={
        "reports:file_get": "a file",
        "reports:logo_picture": "a picture",
        "reports:saved_delete": "an act",
        "reports:saved_send": "an act",
        "reports:sessions_export": "a file",
    },
    furnish=furnish,
)
