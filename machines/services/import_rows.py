"""The rows of a file as a space can take them: amounts in its currency, owners that it knows."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from machines.queries.owners import key_of_owner, owners_by_name
from machines.sheets import Problem, Record, Row, Sheet
from machines.sheets.cells import PRICES
from machines.sheets.values import currency_of
from machines.vocabulary import Field
from spaces.models import Space

COSTS = {Field.COST: "cost", Field.RESIDUAL: "residual"}
"""What a machine was bought for, and the fields of a record that say so."""


def rows_for(space: Space, sheet: Sheet) -> list[Row]:
    """The rows of `sheet`; what `space` cannot take stays on the machine's sheet, and is told."""
    owners = owners_by_name() if Field.OWNER in sheet.columns.values() else {}
    rows = (_in_currency(row, sheet, space) for row in sheet.rows)
    return [_with_owner(row, sheet, space, owners) for row in rows]


def _in_currency(row: Row, sheet: Sheet, space: Space) -> Row:
    """Amounts in another currency than the space's are told, not taken."""
    if row.record is None:
        return row
    foreign = {
        name: currency
        for name, field, value in _cells(row, sheet)
        if _is_amount(field, row.record)
        and (currency := _currency(field, name, value, sheet)) not in {"", space.currency}
    }
    if not foreign:
        return row
    fields = {sheet.columns[name] for name in foreign}
    untaken: dict[str, Any] = {said: None for field, said in COSTS.items() if field in fields}
    if fields & set(PRICES):
        untaken["prices"] = {}
    record = replace(row.record, **untaken)
    messages = {
        name: _("In %(theirs)s, while the space counts in %(ours)s; kept on the sheet.")
        % {"theirs": currency, "ours": space.currency}
        for name, currency in foreign.items()
    }
    return _told_instead(row, sheet, record, messages)


def _is_amount(field: Field, record: Record) -> bool:
    """Whether an amount was read of a column."""
    if field in COSTS:
        return getattr(record, COSTS[field]) is not None
    return field in PRICES and bool(record.prices)


def _currency(field: Field, header: str, cell: str, sheet: Sheet) -> str:
    """In what an amount is told; prices are all in the currency of the file."""
    return (currency_of(cell, header) if field in COSTS else "") or sheet.currency


def _with_owner(row: Row, sheet: Sheet, space: Space, owners: Mapping[str, str]) -> Row:
    """The owner by its key; one that nobody knows, or two have, is told, not taken."""
    if row.record is None or not row.record.owner:
        return row
    key = owners.get(row.record.owner) or owners.get(row.record.owner.casefold())
    if key is not None:
        own = key == key_of_owner(space)
        return replace(row, record=replace(row.record, owner="" if own else key))
    message = _("No company or space has this name, or several have; kept on the sheet.")
    names = [name for name, field in sheet.columns.items() if field is Field.OWNER]
    return _told_instead(row, sheet, replace(row.record, owner=""), dict.fromkeys(names, message))


def _cells(row: Row, sheet: Sheet) -> Iterator[tuple[str, Field, str]]:
    cells = dict(zip(sheet.headers, row.cells, strict=True))
    for name, field in sheet.columns.items():
        yield name, field, cells[name]


def _told_instead(row: Row, sheet: Sheet, record: Record, messages: Mapping[str, str]) -> Row:
    """`row` with `record`, the cells that were not taken on its sheet, each with its why."""
    cells = [
        (name, value) for name, _field, value in _cells(row, sheet) if name in messages and value
    ]
    problems = tuple(
        Problem(line=row.line, column=name, value=value, message=messages[name])
        for name, value in cells
    )
    kept = tuple((name[:80], value[:200]) for name, value in cells)
    record = replace(record, details=(*record.details, *kept))
    return replace(row, record=record, problems=(*row.problems, *problems))
