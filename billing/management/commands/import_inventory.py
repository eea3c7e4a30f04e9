"""Import an inventory file into a space."""

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.timezone import now

from billing.services.inventory import (
    import_inventory,
    keep_columns,
    preview_import,
    read_for,
)
from machines.management.importing import ImportCommand
from machines.services.import_plan import ImportPreview, Verdict
from machines.sheets import Sheet, SheetUnreadable
from machines.vocabulary import Field
from spaces.models import Space


class Command(ImportCommand):
    help = "Import a CSV of machines into a space; a second import updates and never doubles."

    fields = Field.values

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--keep",
            action="append",
            type=int,
            default=[],
            metavar="LINE",
            help="import this line even if it does not look like a machine",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        space = self.space_of(options)
        try:
            sheet = self._read(space, options)
        except (OSError, SheetUnreadable) as error:
            raise CommandError(f"{options['file']}: {error}") from error
        if options["dry_run"]:
            preview, is_written = preview_import(space, sheet), False
        else:
            result = import_inventory(
                space=space, sheet=sheet, good_rows_only=options["good_rows"], by=None, now=now()
            )
            preview, is_written = result.preview, result.is_written
            if is_written and options["mapping"]:
                keep_columns(space, sheet)
        self._tell(preview)
        if is_written:
            self.stdout.write("Imported.")
            return
        self.stdout.write("Nothing written.")
        if not (preview.is_clean or options["good_rows"] or options["dry_run"]):
            raise CommandError(self.refusal)

    def _read(self, space: Space, options: Mapping[str, Any]) -> Sheet:
        path: Path = options["file"]
        content = path.read_bytes()
        sheet = read_for(space, content, filename=path.name, keep=options["keep"])
        if not options["mapping"]:
            return sheet
        told_headers = {told.rpartition("=")[0]: "" for told in options["mapping"]}
        if not set(told_headers) <= set(sheet.headers):
            # Headers in words that nobody knows are found by those that were told.
            sheet = read_for(space, content, filename=path.name, columns=told_headers)
        read = {name: str(field) for name, field in sheet.columns.items()}
        columns = self.columns_of(options, sheet.headers, read)
        return read_for(space, content, filename=path.name, columns=columns, keep=options["keep"])

    def _tell(self, preview: ImportPreview) -> None:
        sheet, counts = preview.sheet, preview.counts
        self.stdout.write(
            f"{sheet.filename}: {len(sheet.rows)} rows, {sheet.encoding}, "
            f"separated by {sheet.separator!r}"
        )
        self.tell_of_others(sheet.others)
        for header, field in sheet.columns.items():
            self.stdout.write(f"  {header} -> {field}")
        if sheet.unread:
            self.stdout.write(f"  not read: {', '.join(sheet.unread)}")
        for skipped in sheet.skipped:
            self.stdout.write(f"  line {skipped.line} is no row: {skipped.text}")
        for name, machines in preview.pools.items():
            self.stdout.write(f"  pool {name}: {', '.join(machines)}")
        for problem in preview.warnings:
            self.stdout.write(f"  warning, line {problem}")
        for problem in preview.errors:
            self.stdout.write(f"  rejected, line {problem}")
        for row in preview.rows:
            if row.verdict is Verdict.CHANGED:
                changed = sorted({name for unit in row.units for name in unit.changes})
                self.stdout.write(f"  line {row.row.line} changes {', '.join(changed)}")
        self.stdout.write(", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
