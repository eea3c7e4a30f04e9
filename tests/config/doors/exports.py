"""Who may open which file of a report, and which mailed report.

What is asked for without a scope is nowhere; which scope is whose is in tests/reports.
"""

from datetime import UTC, datetime
from typing import Any

from reports.models import Export, SavedReport
from tests.config.doors.door import (
    World,
    hidden,
    nothing,
    of_space,
    personal,
    staff,
)

LONG_AGO = datetime(2026, 1, 5, tzinfo=UTC)


def of_file(world: World) -> list[Any]:
    """A file that waits, of somebody else."""
    member = world.token.member
    return [Export.objects.create(member=member, content="report", format="pdf").pk]


def of_saved(world: World) -> list[Any]:
    scope = f"space:{world.space.pk}"
    return [SavedReport.objects.create(name="Board", scope=scope, created_at=LONG_AGO).pk]


DOORS = {
    "reports:export": hidden(lambda _world: ["pdf"], post=True),
    "reports:chart": hidden(lambda _world: ["machines", "wide", "light", "png"]),
    "reports:sessions_export": hidden(lambda _world: ["csv"], post=True),
    "reports:files": personal(nothing),
    "reports:file": hidden(of_file),
    "reports:file_get": hidden(of_file),
    "reports:saved": hidden(nothing),
    "reports:saved_new": hidden(nothing, post=True),
    "reports:saved_edit": staff(of_saved, post=True),
    "reports:saved_send": staff(of_saved, post=True),
    "reports:saved_delete": staff(of_saved, post=True),
    "reports:logo": staff(of_space, post=True),
    "reports:logo_picture": staff(of_space),
}
