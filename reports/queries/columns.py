"""Reading many rows as arrays of numbers, and writing them, without Python seeing a single one.

PostgreSQL sends each column as one array in binary: after a header all elements, each with its
length before it. It takes rows in by a binary COPY: two bytes that count the fields, then each
again with its length before it. Where none is null, numpy reads and makes both as they are.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

import numpy as np
from django.db import connection
from django.db.backends.postgresql.psycopg_any import mogrify
from numpy.typing import NDArray
from psycopg import Cursor
from psycopg.pq.abc import PGresult

from reports.sweep import Ints, as_ints, spread

Parameters = Sequence[Any] | Mapping[str, Any]

HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"

ARRAY_HEADER, HAS_NULLS = 20, slice(4, 8)
ELEMENT = np.dtype([("size", ">i4"), ("value", ">i8")])

POSTGRES_EPOCH = 946684800
"""Seconds from 1970 to 2000, from where PostgreSQL counts its microseconds."""

MICROSECONDS = 1_000_000
EPOCH_DAY = np.datetime64("2000-01-01")


def _record(types: Sequence[str], sums: int = 0) -> np.dtype[Any]:
    fields: list[Any] = [("count", ">i2")]
    for number, kind in enumerate(types):
        fields += [(f"size{number}", ">i4"), (f"field{number}", f">{kind}")]
    fields.append(("sums", [("size", ">i4"), ("field", ">i4")], (sums,)))
    return np.dtype(fields)


def columns_of(statement: str, parameters: Parameters, count: int) -> list[Ints]:
    """The `count` columns that a SELECT gives: eight bytes wide each, and never null."""
    names = [f"column{number}" for number in range(count)]
    gathered = ", ".join(f"array_agg({name})" for name in names)
    sent = f"SELECT {gathered} FROM ({statement}) AS read ({', '.join(names)})"  # noqa: S608
    connection.ensure_connection()
    # Those that Django makes know no binary answers.
    with Cursor(connection.connection) as cursor:
        cursor.execute(mogrify(sent, parameters, connection), binary=True)
        answer = cast("PGresult", cursor.pgresult)
        return [_numbers(answer.get_value(0, place)) for place in range(count)]


def _numbers(array: bytes | None) -> Ints:
    """The elements of an array as PostgreSQL sends it, which is null without any.

    Raises ValueError where one is null: it has no eight bytes, and all after it would be misread.
    """
    if array and any(array[HAS_NULLS]):
        raise ValueError("A column that is read has nulls.")
    return as_ints(
        np.frombuffer(array or bytes(ARRAY_HEADER), ELEMENT, offset=ARRAY_HEADER)["value"]
    )


def seconds_of(moments: Ints) -> Ints:
    """Moments as PostgreSQL sends them, cut down to the second, since 1970."""
    return moments // MICROSECONDS + POSTGRES_EPOCH


def days_since_2000(days: Sequence[date]) -> Ints:
    """Dates as PostgreSQL counts them."""
    return as_ints(np.array(days, dtype="datetime64[D]") - EPOCH_DAY)


def write_columns(
    table: str,
    names: Sequence[str],
    types: Sequence[str],
    values: Sequence[NDArray[Any]],
    sums: NDArray[Any],
) -> None:
    """Add rows to a table: columns that are `i8`, `i4` or `i2` wide, then `sums`, `i4` all.

    The sums come as a table of their own, which is turned round at once and not by column.
    """
    rows = np.empty(len(sums), _record(types, sums.shape[1]))
    _fill(rows, types, values, len(types) + sums.shape[1])
    rows["sums"]["size"] = 4
    rows["sums"]["field"] = sums
    _take_in(table, names, rows.tobytes())


def write_pairs(
    table: str,
    names: Sequence[str],
    types: Sequence[str],
    values: Sequence[NDArray[Any]],
    pairs: Sequence[tuple[Ints, NDArray[Any]]],
) -> None:
    """The same, but instead of sums bytes: for each row how many pairs of `i4`, and all of them.

    The rows are laid out as words of two bytes, of which every part of a row has a whole number.
    """
    heads = np.empty(len(values[0]), _record(types))
    _fill(heads, types, values, len(types) + len(pairs))
    parts = [(np.full(len(heads), heads.itemsize // 2), heads)]
    for counts, content in pairs:
        parts += [(np.full(len(counts), 2), (8 * counts).astype(">i4")), (4 * counts, content)]
    lengths = np.stack([each for each, _ in parts], axis=1)
    starts = (np.cumsum(lengths) - lengths.reshape(-1)).reshape(lengths.shape)
    rows = np.empty(lengths.sum(), dtype=np.uint16)
    for (length, content), start in zip(parts, starts.T, strict=True):
        rows[spread(start, length)] = np.frombuffer(content.tobytes(), dtype=np.uint16)
    _take_in(table, names, rows.tobytes())


def _fill(
    rows: NDArray[Any], types: Sequence[str], values: Sequence[NDArray[Any]], count: int
) -> None:
    rows["count"] = count
    for number, column in enumerate(values):
        rows[f"size{number}"] = rows.dtype[f"field{number}"].itemsize
        rows[f"field{number}"] = column


def _take_in(table: str, names: Sequence[str], rows: bytes) -> None:
    written = ", ".join(f'"{name}"' for name in names)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({written}) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.write(HEADER)
        copy.write(rows)
        copy.write(TRAILER)
