"""Inventories in and out: what a plan writes, and the files that it is written to."""

from collections.abc import Iterator

from machines.queries.inventory import MachineSheet, Prices, key_of, machines_of, sheet_of
from machines.services.import_plan import ImportPreview, Unit
from machines.services.writing import Draft
from machines.sheets.workbook import written_workbook
from members.states import Audience
from spaces.models import Space
from spaces.tables import BYTE_ORDER_MARK, csv_lines, guarded

EXPORTED = (
    "etabli key", "name", "category", "make", "model", "inventory number", "serial number", "room",
    "description", "materials", "work area", "loaded now", "listed", "fault", "skills", "pool",
    "owned by", "owner priority days", "funder", "purchase date", "purchase price",
    "residual value", "useful life years", "currency", "maker price per hour",
    "company price per hour", "staff price per hour", "sheet",
)  # fmt: skip


def drafts_of(preview: ImportPreview) -> list[Draft]:
    """The machines that a plan makes or changes."""
    return [_draft(unit) for unit in preview.units if unit.machine is None or unit.changes]


def _draft(unit: Unit) -> Draft:
    slug, name = unit.record.category
    return Draft(
        machine=unit.machine,
        before=unit.before,
        after=unit.after,
        key=unit.key,
        kind=name if slug == unit.after.category else "",
        service=True,
    )


def inventory_csv(space: Space, prices: Prices) -> str:
    """The inventory of `space` as CSV: it changes nothing here and makes all of it elsewhere.

    It begins with a byte order mark, so that spreadsheets read its accents.
    """
    return BYTE_ORDER_MARK + "".join(csv_lines(_rows(space, prices)))


def inventory_xlsx(space: Space, prices: Prices) -> bytes:
    """The same as a workbook."""
    return written_workbook(_rows(space, prices))


def _rows(space: Space, prices: Prices) -> Iterator[list[str]]:
    """The header and a row for each machine in service, harmless to any spreadsheet."""
    yield list(EXPORTED)
    for machine in machines_of(space).in_service():
        sheet = sheet_of(machine, prices)
        yield [guarded(cell) for cell in (key_of(machine), *_cells(sheet, space.currency))]


def _cells(sheet: MachineSheet, currency: str) -> list[str]:
    return [
        sheet.name, sheet.category, sheet.make, sheet.model, sheet.inventory_number,
        sheet.serial_number, sheet.room, sheet.description, sheet.materials, sheet.work_area,
        sheet.loaded, "yes" if sheet.is_listed else "no", sheet.fault,
        " | ".join(sorted(sheet.skills)), sheet.pool, sheet.owner,
        _told(sheet.others_ahead_days), sheet.funder, _told(sheet.purchase_date),
        _told(sheet.purchase_price), _told(sheet.residual_value), _told(sheet.useful_life),
        currency, *(_told(sheet.prices.get(audience)) for audience in Audience),
        "\n".join(f"{name}: {value}" for name, value in sheet.details.items()),
    ]  # fmt: skip


def _told(value: object) -> str:
    return "" if value is None else str(value)
