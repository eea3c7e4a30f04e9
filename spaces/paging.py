"""Long lists, page by page, by the place of the last row instead of a count of rows."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import F, Field, Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)
DEFAULT_LIMIT = 50
MAX_LIMIT = 200
UNREADABLE = (
    binascii.Error,
    ValueError,
    TypeError,
    OverflowError,
    RecursionError,
    ValidationError,
)
"""What becomes of a cursor that this list did not write."""


class CursorInvalid(ValueError):
    """The cursor was not made by this list."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a list, and the cursor of the next one or None."""

    items: list[Row]
    next: str | None


def page(
    rows: QuerySet[Row], *, keys: Sequence[str], cursor: str | None, limit: int = DEFAULT_LIMIT
) -> Page[Row]:
    """The rows after `cursor` in ascending order of `keys`, of which the last is unique.

    Raises CursorInvalid for a cursor of another making.
    """
    rows = rows.order_by(*keys)
    if cursor:
        rows = rows.filter(_after(keys, values_of(cursor, [_field(rows, key) for key in keys])))
    found = list(rows[: limit + 1])
    if len(found) <= limit:
        return Page(found, None)
    last = found[limit - 1]
    return Page(found[:limit], cursor_of([getattr(last, key) for key in keys]))


def _after(keys: Sequence[str], values: Sequence[object]) -> Q:
    """Rows that come after `values`: a later first key, or the same and a later second, …."""
    condition = Q()
    for place, key in enumerate(keys):
        same = Q(**dict(zip(keys[:place], values[:place], strict=True)))
        condition |= same & Q(**{f"{key}__gt": values[place]})
    return condition


def cursor_of(values: Sequence[object]) -> str:
    """The cursor of the row with these values in the keys of its list."""
    return base64.urlsafe_b64encode(json.dumps(values, default=str).encode()).decode().rstrip("=")


def _field(rows: QuerySet[Row], key: str) -> "Field[Any, Any]":
    """The field by which the rows are ordered; an annotation has one too."""
    field: Field[Any, Any] = F(key).resolve_expression(rows.query).output_field
    return field


def values_of(cursor: str, fields: Sequence["Field[Any, Any]"]) -> list[object]:
    """The values in `cursor`, each one that its field could hold.

    Raises CursorInvalid.
    """
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list):
            raise CursorInvalid(cursor)
        return [_read(value, field) for value, field in zip(values, fields, strict=True)]
    except UNREADABLE as error:
        raise CursorInvalid(cursor) from error


def _read(value: object, field: "Field[Any, Any]") -> object:
    # What is written here is text or a number; text cannot hold a zero byte in PostgreSQL.
    if not isinstance(value, str | int) or "\0" in str(value):
        raise CursorInvalid(str(value))
    read = field.to_python(value)
    field.run_validators(read)
    if isinstance(read, datetime):
        if read.tzinfo is None:
            raise CursorInvalid(str(value))
        # Overflows where the moment lies before the first or after the last year.
        return read.astimezone(UTC)
    return read
