"""Put every file of a folder through the importers and say which came through."""

import csv
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.timezone import now

from billing.services.inventory import export_inventory, import_inventory, read_for
from machines.external.apart import CannotRead
from machines.management.real_calendars import report_on
from machines.services.import_plan import ImportPreview, Verdict
from machines.sheets import SheetUnreadable, read_inventory
from reports.management.real_history import report_on_export, report_on_log
from spaces.models import Space

Readings = Mapping[tuple[str, int], str]
Report = tuple[list[str], list[str]]
"""What to print of a file, and why it fails."""

Check = Callable[[Path], Report]


class Command(BaseCommand):
    help = (
        "Import every file of PATH/inventories into a space of its own, again, and by way of an "
        "export, follow every calendar of PATH/ics, and bring the logs of PATH/usage and the files "
        "of PATH/fabmanager, twice; whatever the database holds stays as it is, for all of it is "
        "rolled back."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["path"]
        # What an operating system or an author leaves beside the tables is none of them.
        inventories = [
            path
            for path in (folder / "inventories").glob("[!.]*")
            if path.is_file() and path.suffix.casefold() not in {".md", ".yaml", ".yml"}
        ]
        calendars = sorted((folder / "ics").glob("*.ics"))
        logs = sorted((folder / "usage").glob("*.csv"))
        exports = sorted((folder / "fabmanager").glob("*.json"))
        if not (inventories or calendars or logs or exports):
            raise CommandError(f"{folder} holds no folder of files that we know.")
        readings = _readings(folder / "expected" / "inventories.csv")
        checks: list[tuple[Path, Check]] = [
            *((path, lambda path: _report(path, readings, now())) for path in sorted(inventories)),
            *((path, lambda path: report_on(path, _space("check", "CHF"))) for path in calendars),
            *(
                (path, lambda path: report_on_log(path, _space("log", "EUR"), now()))
                for path in logs
            ),
        ]
        if exports:
            check = lambda _path: report_on_export(exports, _space("export", "EUR"), now())  # noqa: E731
            checks.append((exports[0], check))
        passed = 0
        for path, check in checks:
            report, failures = _checked(path, check)
            self.stdout.write("\n".join(report))
            for failure in failures:
                self.stdout.write(f"    FAILED: {failure}")
            passed += not failures
        failed = len(checks) - passed
        self.stdout.write(f"{passed} passed, {failed} failed")
        if failed:
            raise SystemExit(1)


def _readings(path: Path) -> Readings:
    """One person's reading of the rows, where there is one: file and line to yes, no or else."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {
            (row["source_file"], int(row["source_row"])): row["is_machine"].strip()
            for row in csv.DictReader(file)
            if (row.get("source_row") or "").strip().isdecimal()
        }


def _checked(path: Path, check: Check) -> Report:
    """What to print of a file, and why it fails; nothing of it stays in the database."""
    try:
        with transaction.atomic():
            report, failures = check(path)
            transaction.set_rollback(True)
    except (OSError, SheetUnreadable, CannotRead) as error:
        return [f"{path.name}: unreadable"], [str(error)]
    except Exception as error:  # noqa: BLE001 - one file that breaks must not hide the others
        return [f"{path.name}: broke the import"], [f"{type(error).__name__}: {error}"]
    return report, failures


def _report(path: Path, readings: Readings, now: datetime) -> Report:
    content = path.read_bytes()
    currency = read_inventory(content, filename=path.name).currency or "CHF"
    first, copy = (_space(name, currency) for name in ("check", "check-copy"))
    preview = _import(first, content, path.name, now)
    summary = (
        f"{path.name}: {len(preview.rows)} rows in, {first.machines.count()} machines, "
        f"{first.pools.count()} pools, {preview.counts[Verdict.REJECTED]} rejected"
    )
    told = [summary]
    told += [f"    line {each.line} is no row: {each.text}" for each in preview.sheet.skipped]
    told += [f"    pool {name}: {', '.join(names)}" for name, names in preview.pools.items()]
    told += [f"    rejected, line {problem}" for problem in preview.errors]
    told += [f"    warning, line {problem}" for problem in preview.warnings]
    return told, [
        *_unnamed(preview),
        *_wrongly_rejected(preview, path.name, readings),
        *_changes("a second import", _import(first, content, path.name, now)),
        *_round_trip(first, copy, now),
    ]


def _space(slug: str, currency: str) -> Space:
    return Space.objects.create(
        slug=f"real-data-{slug}",
        name=slug,
        timezone="Europe/Zurich",
        languages=["en"],
        country="CH",
        city="Bern",
        currency=currency,
        is_listed=False,
    )


def _import(space: Space, content: bytes, filename: str, now: datetime) -> ImportPreview:
    sheet = read_for(space, content, filename=filename)
    done = import_inventory(space=space, sheet=sheet, good_rows_only=True, by=None, now=now)
    return done.preview


def _unnamed(preview: ImportPreview) -> list[str]:
    return [
        f"line {plan.row.line} is neither imported nor rejected with its cell named"
        for plan in preview.rows
        if plan.verdict is Verdict.REJECTED
        and not any(each.is_error and each.column for each in plan.row.problems)
    ]


def _wrongly_rejected(preview: ImportPreview, filename: str, readings: Readings) -> list[str]:
    lines = {plan.row.line: plan.verdict for plan in preview.rows}
    failures = []
    for (name, line), is_machine in readings.items():
        if name == filename and is_machine == "yes":
            if line not in lines:
                failures.append(f"line {line} is a machine and was not read")
            elif lines[line] is Verdict.REJECTED:
                failures.append(f"line {line} is a machine and was rejected")
    return failures


def _changes(what: str, preview: ImportPreview) -> list[str]:
    return [
        f"{what} makes line {plan.row.line} {plan.verdict}"
        for plan in preview.rows
        if plan.verdict in {Verdict.NEW, Verdict.CHANGED}
    ]


def _round_trip(first: Space, copy: Space, now: datetime) -> list[str]:
    exported = export_inventory(first)
    failures = _changes(
        "importing its export", _import(first, exported.encode(), "export.csv", now)
    )
    _import(copy, exported.encode(), "export.csv", now)
    if export_inventory(copy) != exported:
        failures.append("the export of a copy made from the export differs")
    if export_inventory(first) != exported:
        failures.append("importing its own export has changed the space")
    return failures
