"""Importing and exporting an inventory with its prices: the whole use case in one transaction."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from billing.models import HourlyPrice
from billing.queries import prices_of
from machines.models import ColumnMapping, Machine
from machines.queries.inventory import Prices
from machines.services.import_export import Written, inventory_csv, write_machines
from machines.services.import_plan import ImportPreview, plan_import
from machines.sheets import Sheet, read_inventory
from members.models import Member
from spaces.models import Space


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What was planned, and whether it was written."""

    preview: ImportPreview
    is_written: bool


def read_for(
    space: Space,
    content: bytes,
    *,
    filename: str,
    columns: Mapping[str, str] | None = None,
    keep: Collection[int] = (),
) -> Sheet:
    """Read an inventory with the given columns, else those kept for its headers, else a guess.

    Raises SheetUnreadable.
    """
    sheet = read_inventory(content, filename=filename, columns=columns, keep=keep)
    if columns is not None:
        return sheet
    kept = ColumnMapping.objects.filter(space=space, headers=list(sheet.headers)).first()
    if kept is None:
        return sheet
    return read_inventory(content, filename=filename, columns=kept.columns, keep=keep)


def keep_columns(space: Space, sheet: Sheet) -> None:
    """Remember for the next time how these headers are to be read."""
    ColumnMapping.objects.update_or_create(
        space=space,
        headers=list(sheet.headers),
        defaults={"columns": {name: str(field) for name, field in sheet.columns.items()}},
    )


def preview_import(space: Space, sheet: Sheet) -> ImportPreview:
    """What `import_inventory` would do now."""
    return plan_import(space, sheet, prices=_prices(space))


def import_inventory(
    *, space: Space, sheet: Sheet, good_rows_only: bool, by: Member | None, now: datetime
) -> ImportResult:
    """Make and change the machines of `space` as `sheet` says, prices included.

    Nothing is written where a row is rejected, unless `good_rows_only`.
    """
    with transaction.atomic():
        # Two imports at once would both find a machine missing and make it twice.
        Space.objects.select_for_update(no_key=True).get(pk=space.pk)
        preview = preview_import(space, sheet)
        if not (preview.is_clean or good_rows_only):
            return ImportResult(preview=preview, is_written=False)
        _write_prices(write_machines(preview, by=by, now=now))
    return ImportResult(preview=preview, is_written=True)


def export_inventory(space: Space) -> str:
    """The inventory of `space` as CSV, prices included."""
    return inventory_csv(space, _prices(space))


def _prices(space: Space) -> Prices:
    return prices_of(Machine.objects.filter(space=space))


def _write_prices(written: list[Written]) -> None:
    rows = [
        HourlyPrice(machine=each.machine, audience=audience, amount=amount)
        for each in written
        for audience, amount in each.after.prices.items()
    ]
    HourlyPrice.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["machine", "audience"],
        update_fields=["amount"],
    )
