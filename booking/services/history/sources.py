"""What a file of the past is, how it is to be read, and how the next one like it will be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from booking.history import fabmanager
from booking.history.entries import EntryKind, MachineTold, Row
from booking.history.fabmanager import Export, is_export, open_export
from booking.history.instances import FIRST, prefix_of
from booking.history.logs import Log, Reading, open_log
from booking.models import HistoryImport
from machines.models import ColumnMapping, ImportDraft
from machines.services.drafts import store_draft
from machines.states import FilePurpose
from members.models import Member
from spaces.models import Space


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file that was opened: a log, or what fab-manager tells; `machines` are choices by name.

    `instance` is which fab-manager that is.
    """

    filename: str
    log: Log | None = None
    export: Export | None = None
    machines: Mapping[str, str]
    unknown: str = ""
    instance: str = ""

    def rows(self) -> Iterator[Row]:
        """What it tells of, in order, as often as it is asked."""
        if self.log is not None:
            return self.log.rows()
        return self.export.rows() if self.export is not None else iter(())

    def told(self) -> dict[str, MachineTold]:
        """The machines that it describes, by name; a log only names them."""
        return {each.name: each for each in self.export.machines()} if self.export else {}


def open_source(
    space: Space,
    content: bytes,
    *,
    filename: str,
    reading: Reading | None = None,
    instance: str = FIRST,
) -> Source:
    """Open a file with this reading, else with the one kept for its headers, else with a guess.

    `instance` is which fab-manager it is of, where no reading tells. Raises SheetUnreadable.
    """
    if is_export(content):
        kept = _kept(space, [prefix_of(instance)])
        how = reading or replace(kept or Reading(), instance=instance)
        return Source(
            filename=filename,
            export=open_export(content, zone=space.zone, instance=how.instance),
            machines=how.machines,
            unknown=how.unknown,
            instance=how.instance,
        )
    log = open_log(content, zone=space.zone, reading=reading)
    if reading is None and (kept := _kept(space, log.headers)):
        log = open_log(content, zone=space.zone, reading=kept)
    how = log.reading
    return Source(filename=filename, log=log, machines=how.machines, unknown=how.unknown)


def _kept(space: Space, headers: Any) -> Reading | None:
    kept = ColumnMapping.objects.filter(
        space=space, purpose=FilePurpose.HISTORY, headers=list(headers)
    ).first()
    return reading_from(kept.columns) if kept else None


def keep_reading(space: Space, source: Source) -> None:
    """Remember for the next file with these headers how they are to be read."""
    ColumnMapping.objects.update_or_create(
        space=space,
        purpose=FilePurpose.HISTORY,
        headers=list(source.log.headers) if source.log else [prefix_of(source.instance)],
        defaults={"columns": reading_told(reading_of(source))},
    )


def reading_of(source: Source) -> Reading:
    """How a source is read, guesses included."""
    if source.log is None:
        return Reading(machines=source.machines, unknown=source.unknown, instance=source.instance)
    log = source.log
    columns = {name: str(field) for name, field in log.columns.items()}
    return replace(log.reading, columns=columns, month_first=log.month_first)


def reading_told(reading: Reading) -> dict[str, Any]:
    """A reading as it is kept."""
    return {
        "columns": reading.columns,
        "kind": str(reading.kind),
        "month_first": reading.month_first,
        "machines": dict(reading.machines),
        "unknown": reading.unknown,
        "instance": reading.instance,
    }


def reading_from(told: Mapping[str, Any]) -> Reading:
    """A reading as it was kept."""
    return Reading(
        columns=told["columns"],
        kind=EntryKind(told["kind"]),
        month_first=told["month_first"],
        machines=told["machines"],
        unknown=told["unknown"],
        instance=told.get("instance", FIRST),
    )


def instances_of(space: Space) -> list[str]:
    """The fab-managers of which something came in, the last first."""
    rows = HistoryImport.objects.filter(space=space).exclude(instance="")
    return list(dict.fromkeys(rows.order_by("-made_at", "-pk").values_list("instance", flat=True)))


def keep_upload(
    *,
    space: Space,
    member: Member,
    files: list[tuple[str, bytes]],
    instance: str = FIRST,
    now: datetime,
) -> ImportDraft:
    """Keep files until they are imported; several of one fab-manager count as one.

    Raises SheetUnreadable.
    """
    filename = ", ".join(name for name, _content in files)
    content = files[0][1]
    if len(files) > 1 or is_export(content):
        content = fabmanager.together(content for _name, content in files)
    source = open_source(space, content, filename=filename, instance=instance)
    return store_draft(
        space=space,
        member=member,
        purpose=FilePurpose.HISTORY,
        filename=filename,
        content=content,
        columns=reading_told(reading_of(source)),
        now=now,
    )


def source_of(draft: ImportDraft) -> Source:
    """The source of a draft, as it is to be read."""
    return open_source(
        draft.space,
        bytes(draft.content),
        filename=draft.filename,
        reading=reading_from(draft.columns),
    )


def change_reading(draft: ImportDraft, reading: Reading) -> bool:
    """Read a draft another way from now on, and its headers; False where that changes it."""
    told = reading_told(reading)
    if draft.columns == told:
        return True
    draft.columns = told
    draft.save(update_fields=["columns"])
    keep_reading(draft.space, source_of(draft))
    return False
