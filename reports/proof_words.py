"""The lines of a proof as they are told: before it is issued, and from what was written down."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import groupby

from reports.queries.proofs import ProofLine


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTold:
    """One machine in one month, `YYYY-MM`, in whole seconds."""

    month: str
    space: str
    machine: str
    reservations: int
    booked: int
    sessions: int
    used: int
    assumed: int

    @property
    def month_date(self) -> date:
        """The first day of its month."""
        return date.fromisoformat(f"{self.month}-01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """All lines together."""

    reservations: int
    booked: int
    sessions: int
    used: int
    assumed: int


def lines_told(lines: Iterable[ProofLine]) -> list[LineTold]:
    """Lines with their month in a word."""
    return [LineTold(**{**asdict(line), "month": f"{line.month:%Y-%m}"}) for line in lines]


def months_told(lines: Sequence[LineTold]) -> list[tuple[date, Total]]:
    """The sums of each month, the oldest first; lines come in the order of their months."""
    return [
        (month, total_of(list(of_month)))
        for month, of_month in groupby(lines, key=lambda line: line.month_date)
    ]


def total_of(lines: Sequence[LineTold]) -> Total:
    """The sums of all columns."""
    return Total(
        reservations=sum(line.reservations for line in lines),
        booked=sum(line.booked for line in lines),
        sessions=sum(line.sessions for line in lines),
        used=sum(line.used for line in lines),
        assumed=sum(line.assumed for line in lines),
    )
