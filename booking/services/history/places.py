"""Which machine of a space a name in a file means, and the making of those that are missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from billing.services.inventory import write_inventory
from booking.history.entries import MachineChoice, MachineTold
from booking.history.instances import is_numbered
from machines.models import Change, Machine
from machines.queries.inventory import MachineSheet
from machines.services.changes import Act
from machines.services.writing import Draft
from machines.states import ChangeKind
from machines.vocabulary import folded, kind_of
from members.models import Member
from spaces.models import Space

OTHER = ("other", "Other")
"""The category of what no word tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a name in a file means: a machine of the space, or what is to become of its rows."""

    name: str
    machine: Machine | None = None
    choice: MachineChoice = MachineChoice.UNDECIDED

    @property
    def identity(self) -> str:
        """What tells machines apart, also those that are still to be made."""
        return str(self.machine.pk) if self.machine else f"new {folded(self.name)}"


class Places:
    """The machines of a space, found by the names that a file gives them."""

    def __init__(
        self,
        space: Space,
        choices: Mapping[str, str],
        told: Mapping[str, MachineTold],
        unknown: str = "",
    ) -> None:
        self._space, self._choices, self._told = space, choices, told
        self._unknown = unknown
        self._read()

    def _read(self) -> None:
        space = self._space
        # Of those with one name: who is in service, else who was so last.
        last = F("retired_at").desc(nulls_first=True)
        self.machines = list(Machine.objects.filter(space=space).order_by(last, "pk"))
        self._by_pk = {str(each.pk): each for each in self.machines}
        self._by_key = {each.import_key: each for each in self.machines if each.import_key}
        self._by_name: dict[str, Machine] = {}
        for each in self.machines:
            for said in (each.inventory_number, each.slug, each.name):
                if word := folded(said):
                    self._by_name.setdefault(word, each)
        self._found: dict[str, Place] = {}

    def of(self, name: str) -> Place:
        """What `name` means."""
        if name not in self._found:
            self._found[name] = self._place(name)
        return self._found[name]

    def _place(self, name: str) -> Place:
        told, choice = self._told.get(name), self._choices.get(name, "")
        if choice in self._by_pk:
            return Place(name=name, machine=self._by_pk[choice])
        if choice == MachineChoice.SKIP:
            return Place(name=name, choice=MachineChoice.SKIP)
        found = self._by_key.get(told.key) if told and told.key else None
        named = self._by_name.get(folded(name))
        if found is None and named and not (told and told.key and is_numbered(named.import_key)):
            # Another fab-manager may have a machine of that name, too.
            found = named
        if found is not None:
            return Place(name=name, machine=found)
        choice = choice or self._unknown
        if choice:
            return Place(name=name, choice=MachineChoice(choice))
        if told is not None:
            is_gone = told.is_retired
            return Place(name=name, choice=MachineChoice.RETIRED if is_gone else MachineChoice.NEW)
        return Place(name=name)

    def make(
        self, names: Iterable[str], *, filename: str, by: Member | None, now: datetime
    ) -> Change | None:
        """Make the machines that `names` mean and that are missing; the caller holds the space."""
        missing: dict[str, Place] = {}
        for name in names:
            place = self.of(name)
            if place.machine is None and place.choice in {MachineChoice.NEW, MachineChoice.RETIRED}:
                missing.setdefault(place.identity, place)
        drafts = [self._draft(place) for place in missing.values()]
        act = Act(kind=ChangeKind.IMPORTED, by=by, now=now, note=filename)
        change = write_inventory(self._space, drafts, act) if drafts else None
        if change is not None:
            self._read()
        return change

    def _draft(self, place: Place) -> Draft:
        told = self._told.get(place.name) or MachineTold(name=place.name)
        kind = kind_of(category="", name=place.name, room="")
        slug, name = (kind.slug, kind.names[0]) if kind else OTHER
        is_retired = place.choice == MachineChoice.RETIRED
        sheet = MachineSheet(
            name=place.name,
            category=slug,
            description=told.description,
            details=dict(told.details),
            is_listed=not is_retired,
        )
        return Draft(
            machine=None,
            before=None,
            after=sheet,
            key=told.key,
            kind=name,
            service=False if is_retired else None,
        )
