"""The history of machines: what a sheet said before and says since, and how to take it back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet

from machines.models import Change, ChangedMachine, Machine
from machines.queries.inventory import MachineSheet
from members.states import Audience
from spaces.models import Space

RETIRED = "is_retired"
"""What stands among the fields of a sheet for whether the machine has left service."""

PHOTOS = "photos"
"""What stands there for the photos of a machine, which no sheet tells."""

UNTOLD = frozenset({"fault"})
"""Faults have a history of their own."""

FIELDS = tuple(each.name for each in fields(MachineSheet) if each.name not in UNTOLD)

Values = dict[str, list[Any]]
"""Field to what was said before and since, as JSON holds it."""

READ: dict[str, Callable[[Any], Any]] = {
    "purchase_date": date.fromisoformat,
    "purchase_price": Decimal,
    "residual_value": Decimal,
    "skills": frozenset,
    "prices": lambda told: {Audience(each): Decimal(amount) for each, amount in told.items()},
}


def differences(before: MachineSheet | None, after: MachineSheet) -> Values:
    """What `after` says otherwise; without `before`, all that it says at all."""
    start = before or MachineSheet(name="", category="")
    told = ((name, _plain(getattr(start, name)), _plain(getattr(after, name))) for name in FIELDS)
    return {name: [was, said] for name, was, said in told if was != said}


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A sheet as it was, and the fields that somebody has changed since: those stay."""

    sheet: MachineSheet
    kept: tuple[str, ...]


def taken_back(sheet: MachineSheet, values: Mapping[str, list[Any]]) -> TakenBack:
    """`sheet` with what `values` changed said as before."""
    wanted: dict[str, Any] = {}
    kept = []
    for name, (was, said) in values.items():
        if name not in FIELDS:
            continue
        if _plain(getattr(sheet, name)) == said:
            wanted[name] = READ[name](was) if name in READ and was is not None else was
        else:
            kept.append(name)
    return TakenBack(replace(sheet, **wanted), tuple(kept))


def _plain(value: Any) -> Any:
    """A value as JSON holds it, the same for what counts as the same."""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    return value


def changes_in(space: Space) -> QuerySet[Change]:
    """What was done to the machines of a space, the latest first, with how many each touched."""
    rows = Change.objects.filter(space=space).select_related("made_by", "undone_by")
    return rows.annotate(machine_count=Count("lines")).order_by("-made_at", "-pk")


def changes_of(machine: Machine) -> QuerySet[ChangedMachine]:
    """What was done to one machine, the latest first."""
    rows = ChangedMachine.objects.filter(machine=machine)
    return rows.select_related("change__made_by", "change__undone_by").order_by(
        "-change__made_at", "-pk"
    )


def with_lines(change: Change) -> list[ChangedMachine]:
    """What an act did to each machine, those it made first."""
    lines = change.lines.select_related("machine").order_by("-is_new", "machine__name", "pk")
    return list(lines)


def lines_of(changes: list[Change]) -> dict[int, ChangedMachine]:
    """The first line of each of `changes`, in one query, to be named in a list."""
    lines = ChangedMachine.objects.filter(change__in=changes).select_related("machine")
    firsts = lines.order_by("change_id", "pk").distinct("change_id")
    return {line.change_id: line for line in firsts}
