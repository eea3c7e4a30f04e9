"""What is said of many machines at once: pure."""

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from machines.queries.inventory import MachineSheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """What all chosen machines are to say; None leaves a field as each machine has it."""

    category: str | None = None
    room: str | None = None
    pool: str | None = None
    is_listed: bool | None = None
    owner: str | None = None
    funder: str | None = None
    purchase_date: date | None = None
    useful_life: int | None = None
    loaded: str | None = None
    adds: frozenset[str] = frozenset()
    drops: frozenset[str] = frozenset()

    @property
    def says_something(self) -> bool:
        """Whether any field is to be changed."""
        return bool(self._told() or self.adds or self.drops)

    def of(self, sheet: MachineSheet) -> MachineSheet:
        """What a machine says then."""
        after = replace(
            sheet, **self._told(), skills=frozenset((sheet.skills | self.adds) - self.drops)
        )
        # Nobody comes first on a machine that nobody else owns.
        return after if after.owner else replace(after, others_ahead_days=None)

    def _told(self) -> dict[str, Any]:
        told = {each.name: getattr(self, each.name) for each in fields(self)}
        return {
            name: value
            for name, value in told.items()
            if value is not None and name not in {"adds", "drops"}
        }
