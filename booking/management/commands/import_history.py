"""Bring the past of a space from files."""

from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.timezone import now

from booking.history import fabmanager
from booking.history.columns import Field
from booking.history.entries import EntryKind, MachineChoice
from booking.history.fabmanager import is_export
from booking.history.instances import instance_of
from booking.services.history.importing import Outcome, import_history, preview_history
from booking.services.history.planning import Fate
from booking.services.history.sources import Source, keep_reading, open_source, reading_of
from machines.management.importing import ImportCommand
from machines.models import Machine
from machines.sheets import SheetUnreadable
from spaces.models import Space

CHOICES = [each.value for each in MachineChoice if each]


class Command(ImportCommand):
    help = (
        "Bring what a space did elsewhere: logs of use and reservations (CSV, XLSX), and the files "
        "of fab-manager (JSON, all of them in one go). A second run doubles nothing."
    )

    fields = Field.values

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
        parser.add_argument(
            "--instance",
            type=instance_of,
            default="",
            metavar="ADDRESS",
            help="which fab-manager its files are of: its address, the same each time",
        )
        parser.add_argument(
            "--machine",
            action="append",
            default=[],
            metavar="NAME=ADDRESS",
            help=f"which machine a name is, or one of: {', '.join(CHOICES)}",
        )
        parser.add_argument(
            "--unknown", choices=CHOICES, default="", help="what all other unknown names become"
        )
        parser.add_argument(
            "--kind",
            choices=EntryKind.values,
            help="what took place where no column tells; use if nothing else is said",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        space = self.space_of(options)
        try:
            sources = [
                self._read(space, content, name, options)
                for name, content in _together(options["files"])
            ]
        except (OSError, SheetUnreadable) as error:
            raise CommandError(str(error)) from error
        is_written = [self._bring(space, source, options) for source in sources]
        if not (options["dry_run"] or all(is_written)):
            raise CommandError(self.refusal)

    def _read(self, space: Space, content: bytes, name: str, options: Mapping[str, Any]) -> Source:
        if is_export(content) and not options["instance"]:
            raise CommandError("Say with --instance which fab-manager these files are of.")
        source = open_source(space, content, filename=name, instance=options["instance"])
        reading = reading_of(source)
        columns = reading.columns
        if source.log is not None and options["mapping"]:
            columns = self.columns_of(options, source.log.headers, columns or {})
        how = replace(
            reading,
            kind=EntryKind(options["kind"] or reading.kind),
            unknown=options["unknown"] or reading.unknown,
            machines={**reading.machines, **_machines(space, options["machine"])},
            columns=columns,
        )
        return open_source(space, content, filename=name, reading=how)

    def _bring(self, space: Space, source: Source, options: Mapping[str, Any]) -> bool:
        if options["dry_run"]:
            outcome = preview_history(space, source, now=now())
        else:
            outcome = import_history(
                space=space,
                source=source,
                good_rows_only=options["good_rows"],
                by=None,
                now=now(),
                tell=self._how_far,
            )
            if outcome.history is not None:
                keep_reading(space, source)
        self._tell(source, outcome)
        self.stdout.write("Nothing written." if outcome.history is None else "Imported.")
        return outcome.history is not None

    def _how_far(self, done: int, total: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"{done:,} of {total:,} rows", ending="\r")

    def _tell(self, source: Source, outcome: Outcome) -> None:
        preview, lessons = outcome.preview, outcome.lessons
        self.stdout.write(f"{source.filename}: {preview.counts.total()} rows")
        if source.log is not None:
            self.tell_of_others(source.log.others)
            for header, field in source.log.columns.items():
                self.stdout.write(f"  {header} -> {field}")
        if source.export is not None:
            self.stdout.write(
                f"  {lessons.machines} machines, {lessons.new_machines} of them new; "
                f"{lessons.people} people, {lessons.new_people} new; {len(lessons.skills)} skills; "
                f"{lessons.certifications} certifications, {lessons.new_certifications} new; "
                f"{lessons.openings} opening times not taken"
            )
        for remark in preview.remarks:
            self.stdout.write(f"  doubtful, line {remark}")
        for fate in (Fate.LEFT_OUT, Fate.REJECTED):
            for judged in preview.shown[fate]:
                said = judged.problem or f"{judged.row.line}, {judged.row.machine}: {judged.reason}"
                self.stdout.write(f"  {fate.replace('_', ' ')}, line {said}")
            if (count := preview.counts[fate] - len(preview.shown[fate])) > 0:
                self.stdout.write(f"  and {count} more")
        counts = (f"{preview.counts[fate]} {fate.replace('_', ' ')}" for fate in Fate)
        self.stdout.write(", ".join(counts))


def _together(paths: list[Path]) -> list[tuple[str, bytes]]:
    """The files to read, those of fab-manager as one."""
    files = [(path.name, path.read_bytes()) for path in paths]
    exports = [file for file in files if is_export(file[1])]
    tables = [file for file in files if file not in exports]
    if not exports:
        return tables
    name = ", ".join(name for name, _content in exports)
    return [(name, fabmanager.together(content for _name, content in exports)), *tables]


def _machines(space: Space, told: list[str]) -> dict[str, str]:
    found = {}
    for each in told:
        name, _equals, address = each.rpartition("=")
        if address not in CHOICES:
            machine = Machine.objects.filter(space=space, slug=address).first()
            if machine is None:
                raise CommandError(f"--machine {each}: no such machine.")
            address = str(machine.pk)
        found[name] = address
    return found
