"""Which machine of a space a name in a file means, and the making of those that are missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from billing.services.inventory import write_inventory
from booking.history.entries import MachineChoice, MachineTold
from booking.history.instances import is_numbered
from booking.models import HistoryImport
from booking.services.inventory import sheets_in
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
    """What a name in a file means: a machine of the space, or what is to become of its rows.

    `former` left service when the import was taken back that made it, and comes back if it is to
    be made again; `namesakes` are other machines that the name could mean, or meant once.
    """

    name: str
    machine: Machine | None = None
    former: Machine | None = None
    choice: MachineChoice = MachineChoice.UNDECIDED
    namesakes: tuple[int, ...] = ()

    @property
    def here(self) -> Machine | None:
        """The row that there is, in service or not."""
        return self.machine or self.former

    @property
    def identity(self) -> str:
        """What tells machines apart, also those that are still to be made."""
        return str(self.here.pk) if self.here else f"new {folded(self.name)}"


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
        self._gone = _taken_back(space)
        self._by_name: dict[str, list[Machine]] = {}
        for each in sorted(self.machines, key=self._is_gone):
            words = {folded(each.inventory_number), folded(each.slug), folded(each.name)}
            for word in words - {""}:
                self._by_name.setdefault(word, []).append(each)
        self._found: dict[str, Place] = {}

    def _is_gone(self, machine: Machine) -> bool:
        return machine.pk in self._gone

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
        found = self._machine(name, told)
        if found is not None and not self._is_gone(found):
            return self._at(name, found)
        wanted = MachineChoice(choice or self._unknown or _as_told(told))
        if found is None:
            return Place(name=name, choice=wanted)
        if wanted == MachineChoice.RETIRED:
            return self._at(name, found)
        return Place(name=name, former=found, choice=wanted)

    def _machine(self, name: str, told: MachineTold | None) -> Machine | None:
        """The one with the number that the file tells, else the first with the name."""
        key = told.key if told else ""
        if key and key in self._by_key:
            return self._by_key[key]
        named = next(iter(self._by_name.get(folded(name), ())), None)
        if named and key and is_numbered(named.import_key):
            # Another fab-manager may have a machine of that name, too.
            return None
        return named

    def _at(self, name: str, machine: Machine) -> Place:
        others = (each.pk for each in self._by_name.get(folded(name), ()) if each != machine)
        return Place(name=name, machine=machine, namesakes=tuple(others))

    def make(
        self, names: Iterable[str], *, filename: str, by: Member | None, now: datetime
    ) -> Change | None:
        """Make the machines that `names` mean and that are missing; the caller holds the space."""
        missing: dict[str, Place] = {}
        for name in names:
            place = self.of(name)
            if place.machine is None and place.choice in {MachineChoice.NEW, MachineChoice.RETIRED}:
                missing.setdefault(place.identity, place)
        back = [place.former.pk for place in missing.values() if place.former]
        drafts = [
            Draft(machine=row, before=sheet, after=sheet, service=True)
            for row, sheet in sheets_in(self._space, back)
        ]
        drafts += [self._draft(place) for place in missing.values() if not place.former]
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


def _as_told(told: MachineTold | None) -> MachineChoice:
    """What becomes of a machine of which nobody said it: what the file says of it."""
    if told is None:
        return MachineChoice.UNDECIDED
    return MachineChoice.RETIRED if told.is_retired else MachineChoice.NEW


def _taken_back(space: Space) -> set[int]:
    """The machines that left service by the time when the import was taken back that made them."""
    rows = HistoryImport.objects.filter(
        space=space, change__lines__machine__retired_at__lte=F("undone_at")
    )
    return set(rows.values_list("change__lines__machine_id", flat=True))
