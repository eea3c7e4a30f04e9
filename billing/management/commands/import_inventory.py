"""Import an inventory file into a space."""

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from billing.services.inventory import (
    import_inventory,
    keep_columns,
    preview_import,
    read_for,
)
from machines.services.import_plan import ImportPreview, Verdict
from machines.sheets import Sheet, SheetUnreadable
from machines.vocabulary import Field
from spaces.models import Space


class Command(BaseCommand):
    help = "Import a CSV of machines into a space; a second import updates and never doubles."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--space", required=True, help="the address of the space")
        parser.add_argument("--dry-run", action="store_true", help="tell, write nothing")
        parser.add_argument("--good-rows", action="store_true", help="leave rejected rows out")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="HEADER=FIELD",
            help=f"read a column as one of: {', '.join(Field.values)}; HEADER= leaves it out",
        )
        parser.add_argument(
            "--keep",
            action="append",
            type=int,
            default=[],
            metavar="LINE",
            help="import this line even if it does not look like a machine",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        space = Space.objects.filter(slug=options["space"]).first()
        if space is None:
            raise CommandError(f"There is no space {options['space']!r}.")
        try:
            sheet = _read(space, options)
        except (OSError, SheetUnreadable) as error:
            raise CommandError(f"{options['file']}: {error}") from error
        if options["dry_run"]:
            preview, is_written = preview_import(space, sheet), False
        else:
            result = import_inventory(
                space=space, sheet=sheet, good_rows_only=options["good_rows"], by=None, now=now()
            )
            preview, is_written = result.preview, result.is_written
            if is_written and options["map"]:
                keep_columns(space, sheet)
        self._tell(preview)
        if is_written:
            self.stdout.write("Imported.")
            return
        self.stdout.write("Nothing written.")
        if not (preview.is_clean or options["good_rows"] or options["dry_run"]):
            raise CommandError("Some rows are rejected; import the others with --good-rows.")

    def _tell(self, preview: ImportPreview) -> None:
        sheet, counts = preview.sheet, preview.counts
        self.stdout.write(
            f"{sheet.filename}: {len(sheet.rows)} rows, {sheet.encoding}, "
            f"separated by {sheet.separator!r}"
        )
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


def _read(space: Space, options: Mapping[str, Any]) -> Sheet:
    path: Path = options["file"]
    content = path.read_bytes()
    sheet = read_for(space, content, filename=path.name, keep=options["keep"])
    if not options["map"]:
        return sheet
    told_headers = {told.rpartition("=")[0]: "" for told in options["map"]}
    if not set(told_headers) <= set(sheet.headers):
        # Headers in words that nobody knows are found by those that were told.
        sheet = read_for(space, content, filename=path.name, columns=told_headers)
    columns = {name: str(field) for name, field in sheet.columns.items()}
    for told in options["map"]:
        header, _equals, field = told.rpartition("=")
        if header not in sheet.headers or (field and field not in Field.values):
            raise CommandError(f"--map {told}: no such header or field.")
        columns = {name: each for name, each in columns.items() if each != field or not field}
        columns[header] = field
    return read_for(space, content, filename=path.name, columns=columns, keep=options["keep"])
