"""Reading many rows as arrays of numbers, and writing them, without Python seeing a single one.

PostgreSQL sends a COPY in binary with rows of one and the same size, as long as every column has
a fixed size and none is null: two bytes that count the fields, then each with its length before
it. numpy takes such a buffer as it is.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from django.db import connection
from django.db.backends.postgresql.psycopg_any import mogrify
from numpy.typing import NDArray

from reports.sweep import Ints, as_ints

Parameters = Sequence[Any] | Mapping[str, Any]

HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"

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
    sent = f"COPY ({statement}) TO STDOUT (FORMAT BINARY)"
    with (
        connection.cursor() as cursor,
        cursor.copy(mogrify(sent, parameters, connection)) as copy,
    ):
        received = b"".join(copy)
    record = _record(["i8"] * count)
    size = len(received) - len(HEADER) - len(TRAILER)
    rows = np.frombuffer(received, record, count=size // record.itemsize, offset=len(HEADER))
    return [as_ints(rows[f"field{number}"]) for number in range(count)]


def seconds_of(moments: Ints) -> Ints:
    """Moments as PostgreSQL sends them, cut down to the second, since 1970."""
    return moments // MICROSECONDS + POSTGRES_EPOCH


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
    rows["count"] = len(types) + sums.shape[1]
    rows["sums"]["size"] = 4
    rows["sums"]["field"] = sums
    for number, column in enumerate(values):
        rows[f"size{number}"] = rows.dtype[f"field{number}"].itemsize
        rows[f"field{number}"] = column
    written = ", ".join(f'"{name}"' for name in names)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({written}) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.write(HEADER)
        copy.write(rows.tobytes())
        copy.write(TRAILER)
