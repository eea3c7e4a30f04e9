"""What is read of an inventory, row by row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from machines.vocabulary import Field
from members.states import Audience


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong or doubtful in a cell; only an error keeps the row out."""

    line: int
    column: str
    value: str
    message: str
    is_error: bool = False
    can_be_overruled: bool = False

    def __str__(self) -> str:
        return f"{self.line}, {self.column}: {self.message} ({self.value!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One machine as the file describes it; None where the file says nothing.

    `prices` are per hour. `fault` is a reason to stand still, "" where the file says that
    there is none. `owner` is a name or a key. `quantity` units are alike.
    """

    key: str
    name: str
    category: tuple[str, str]
    make: str | None = None
    model: str | None = None
    room: str | None = None
    number: str | None = None
    description: str | None = None
    materials: str | None = None
    work_area: str | None = None
    needs_training: bool | None = None
    skills: tuple[str, ...] | None = None
    fault: str | None = None
    is_listed: bool | None = None
    pool: str | None = None
    serial: str | None = None
    loaded: str | None = None
    funder: str | None = None
    owner: str | None = None
    others_ahead: int | None = None
    bought: date | None = None
    cost: Decimal | None = None
    residual: Decimal | None = None
    life: int | None = None
    quantity: int = 1
    details: tuple[tuple[str, str], ...] = ()
    has_all_details: bool = False
    tells_category: bool = False
    prices: Mapping[Audience, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the file with what was read of it; `record` is None where it is rejected."""

    line: int
    cells: tuple[str, ...]
    record: Record | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that is no row: a preamble or a second header."""

    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A file that was read: its form, the meaning of its columns, and its rows.

    `others` are the tables of a workbook that were not read.
    """

    filename: str
    encoding: str
    separator: str
    headers: tuple[str, ...]
    columns: Mapping[str, Field]
    rows: tuple[Row, ...]
    skipped: tuple[Skipped, ...] = ()
    currency: str = ""
    others: tuple[str, ...] = ()

    @property
    def unread(self) -> tuple[str, ...]:
        """The headers that no field is taken from."""
        return tuple(header for header in self.headers if header not in self.columns)
