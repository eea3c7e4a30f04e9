"""Rows of the rollup, and their sums by whatever they have in common.

In SQL as it is: to make a query of some forty sums out of objects, and to look at every number
that comes back, takes many times as long as PostgreSQL takes to add them up.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Model

from reports.filters import Period

WEEKDAY = "extract(isodow FROM kept.date)::int - 1"
"""0 is Monday."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of `model` for which all of `conditions` hold, and the columns that are summed.

    In SQL a row is called `kept`; `joined` may bring others beside it.
    """

    model: type[Model]
    names: Sequence[str]
    conditions: Sequence[str]
    values: Mapping[str, Any]
    joined: str = ""

    def by(self, *keys: str) -> Iterator[tuple[Any, ...]]:
        """The keys and then the sums of all rows that have them in common; no row, no sum."""
        common = ", ".join(keys)
        sums = ", ".join(f"sum(kept.{name})" for name in self.names)
        statement = (
            f"SELECT {common}, {sums} FROM {self.model._meta.db_table} AS kept {self.joined}"  # noqa: S608, SLF001
            f" WHERE {' AND '.join(self.conditions)} GROUP BY {common}"
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, self.values)
            yield from cursor.fetchall()


def of_machines(pks: Sequence[int]) -> tuple[str, dict[str, Any]]:
    """The condition that a row is one of some machines, and its parameters."""
    return "kept.machine_id = ANY(%(machines)s::bigint[])", {"machines": list(pks)}


def of_groups(pks: Sequence[int]) -> tuple[str, dict[str, Any]]:
    """The condition that a row is one of some groups of machines, and its parameters."""
    return "kept.group_id = ANY(%(groups)s::bigint[])", {"groups": list(pks)}


def of_months(months: Sequence[date]) -> tuple[str, dict[str, Any]]:
    """The condition that a row is one of some months, and its parameters."""
    return "kept.month = ANY(%(months)s::date[])", {"months": list(months)}


def of_dates(periods: Sequence[Period]) -> tuple[str, dict[str, Any]]:
    """The condition that a row lies in any of the periods, of which there is one at least."""
    values: dict[str, Any] = {}
    parts = []
    for place, each in enumerate(periods):
        first, last = f"first_{place}", f"last_{place}"
        parts.append(f"kept.date BETWEEN %({first})s AND %({last})s")
        values |= {first: each.first, last: each.last}
    return f"({' OR '.join(parts)})", values
