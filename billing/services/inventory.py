"""Writing machines with their prices; an inventory in and out, in one transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from billing.models import HourlyPrice
from billing.queries import prices_of
from machines.models import Change, ColumnMapping, ImportDraft, Machine
from machines.queries.inventory import Prices
from machines.services.changes import Act, record_written
from machines.services.drafts import settle, store_draft
from machines.services.import_export import drafts_of, inventory_csv, inventory_xlsx
from machines.services.import_plan import ImportPreview, plan_import
from machines.services.progress import progress_of
from machines.services.writing import Draft, Tell, Written, untold, write_sheets
from machines.sheets import Sheet, read_inventory
from machines.states import ChangeKind, FilePurpose
from members.models import Member
from spaces.models import Space


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What was planned, and whether it was written."""

    preview: ImportPreview
    is_written: bool
    change: Change | None = None


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
    kept = ColumnMapping.objects.filter(
        space=space, purpose=FilePurpose.INVENTORY, headers=list(sheet.headers)
    ).first()
    if kept is None:
        return sheet
    return read_inventory(content, filename=filename, columns=kept.columns, keep=keep)


def keep_columns(space: Space, sheet: Sheet) -> None:
    """Remember for the next time how these headers are to be read."""
    ColumnMapping.objects.update_or_create(
        space=space,
        purpose=FilePurpose.INVENTORY,
        headers=list(sheet.headers),
        defaults={"columns": {name: str(field) for name, field in sheet.columns.items()}},
    )


def keep_draft(
    *, space: Space, member: Member, filename: str, content: bytes, now: datetime
) -> ImportDraft:
    """Keep an uploaded file until it is imported; it takes the place of an earlier one.

    Raises SheetUnreadable.
    """
    sheet = read_for(space, content, filename=filename)
    columns = {name: str(field) for name, field in sheet.columns.items()}
    return store_draft(
        space=space,
        member=member,
        purpose=FilePurpose.INVENTORY,
        filename=filename,
        content=content,
        columns={"fields": columns, "keep": []},
        now=now,
    )


def read_draft(draft: ImportDraft) -> Sheet:
    """The sheet of a draft, as it is to be read."""
    return read_inventory(
        bytes(draft.content),
        filename=draft.filename,
        columns=draft.columns["fields"],
        keep=draft.columns["keep"],
    )


def change_draft(draft: ImportDraft, *, columns: dict[str, str], keep: list[int]) -> bool:
    """Read a draft another way from now on, and its headers; False where that changes it."""
    wanted = {"fields": columns, "keep": sorted(keep)}
    if draft.columns == wanted:
        return True
    with transaction.atomic():
        is_new_reading = draft.columns["fields"] != columns
        draft.columns = wanted
        draft.save(update_fields=["columns"])
        if is_new_reading:
            keep_columns(draft.space, read_draft(draft))
    return False


def import_draft(draft: ImportDraft, *, now: datetime) -> ImportResult:
    """Import a draft as it was asked for; all the while it tells how far it is."""
    with progress_of(draft) as tell, transaction.atomic():
        done = import_inventory(
            space=draft.space,
            sheet=read_draft(draft),
            good_rows_only=draft.good_rows_only,
            by=draft.member,
            now=now,
            tell=tell,
        )
        preview = done.preview
        settle(
            draft,
            is_written=done.is_written,
            counts=preview.counts,
            rejected=preview.errors,
            rejected_count=len(preview.errors),
            change=done.change,
        )
    return done


def preview_import(space: Space, sheet: Sheet) -> ImportPreview:
    """What `import_inventory` would do now."""
    return plan_import(space, sheet, prices=_prices(space))


def import_inventory(
    *,
    space: Space,
    sheet: Sheet,
    good_rows_only: bool,
    by: Member | None,
    now: datetime,
    tell: Tell = untold,
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
        act = Act(kind=ChangeKind.IMPORTED, by=by, now=now, note=sheet.filename)
        change = write_inventory(space, drafts_of(preview), act, tell=tell)
    return ImportResult(preview=preview, is_written=True, change=change)


def write_inventory(
    space: Space,
    drafts: Sequence[Draft],
    act: Act,
    *,
    tell: Tell = untold,
) -> Change | None:
    """Make and change machines with their prices, and write down who did it.

    The caller holds the transaction and the lock of the space.
    """
    written = write_sheets(space, drafts, by=act.by, now=act.now, tell=tell)
    _write_prices(written)
    return record_written(space, written, act)


def export_inventory(space: Space) -> str:
    """The inventory of `space` as CSV, prices included."""
    return inventory_csv(space, _prices(space))


def export_workbook(space: Space) -> bytes:
    """The inventory of `space` as a workbook, prices included."""
    return inventory_xlsx(space, _prices(space))


def _prices(space: Space) -> Prices:
    return prices_of(Machine.objects.filter(space=space))


def _write_prices(written: list[Written]) -> None:
    rows = [
        HourlyPrice(machine=each.machine, audience=audience, amount=amount)
        for each in written
        for audience, amount in each.after.prices.items()
        if each.before is None or each.before.prices.get(audience) != amount
    ]
    for each in written:
        gone = set(each.before.prices if each.before else ()) - set(each.after.prices)
        if gone:
            HourlyPrice.objects.filter(machine=each.machine, audience__in=gone).delete()
    HourlyPrice.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["machine", "audience"],
        update_fields=["amount"],
    )
