"""Long lists, page by page, by the place of the last row instead of a count of rows."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)
DEFAULT_LIMIT = 50
MAX_LIMIT = 200


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
        rows = rows.filter(_after(keys, _decode(cursor, len(keys))))
    found = list(rows[: limit + 1])
    if len(found) <= limit:
        return Page(found, None)
    last = found[limit - 1]
    return Page(found[:limit], _encode([getattr(last, key) for key in keys]))


def _after(keys: Sequence[str], values: Sequence[object]) -> Q:
    """Rows that come after `values`: a later first key, or the same and a later second, …."""
    condition = Q()
    for place, key in enumerate(keys):
        same = Q(**dict(zip(keys[:place], values[:place], strict=True)))
        condition |= same & Q(**{f"{key}__gt": values[place]})
    return condition


def _encode(values: list[object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values, default=str).encode()).decode().rstrip("=")


def _decode(cursor: str, count: int) -> list[object]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise CursorInvalid(cursor) from error
    if not isinstance(values, list) or len(values) != count:
        raise CursorInvalid(cursor)
    return values
