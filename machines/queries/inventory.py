"""What stands in a space, as its inventory tells it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import override

from machines.models import Category, Fault, Machine
from machines.models.machine import MachineQuerySet
from members.states import Audience
from spaces.models import Space

Prices = Mapping[int, Mapping[Audience, Decimal]]


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineSheet:
    """Everything that an inventory says of one machine; `fault` is why it stands still."""

    name: str
    category: str
    make: str = ""
    model: str = ""
    room: str = ""
    inventory_number: str = ""
    description: str = ""
    materials: str = ""
    work_area: str = ""
    is_listed: bool = True
    fault: str = ""
    skills: frozenset[str] = frozenset()
    pool: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    prices: Mapping[Audience, Decimal] = field(default_factory=dict)


def machines_of(space: Space) -> MachineQuerySet:
    """All machines of `space`, with all that their sheets need, in a fixed number of queries."""
    stopping = Fault.objects.filter(ends_at=None, stops_machine=True).order_by("-starts_at", "-pk")
    return (
        Machine.objects.filter(space=space)
        .select_related("room", "category", "pool")
        .prefetch_related(
            "skills", "specs", Prefetch("faults", queryset=stopping, to_attr="stopping")
        )
        .order_by("name", "pk")
    )


def key_of(machine: Machine) -> str:
    """What finds a machine again: its key, or its address where no import has given it one."""
    return machine.import_key or f"slug:{machine.slug}"


def sheet_of(machine: Machine, prices: Prices) -> MachineSheet:
    """The sheet of a row of `machines_of`."""
    stopping: list[Fault] = getattr(machine, "stopping", [])
    # Files know a skill by one name, whatever the language of the page.
    with override(settings.MODELTRANSLATION_DEFAULT_LANGUAGE):
        skills = frozenset(skill.name for skill in machine.skills.all())
    return MachineSheet(
        name=" ".join(machine.name.split()),
        category=machine.category.slug,
        make=machine.make,
        model=machine.model,
        room=machine.room.name if machine.room else "",
        inventory_number=machine.inventory_number,
        description="\n".join(machine.description.strip().splitlines()),
        materials=machine.materials,
        work_area=machine.work_area,
        is_listed=machine.is_listed,
        fault=stopping[0].summary if stopping else "",
        skills=skills,
        pool=machine.pool.name if machine.pool else "",
        details={spec.name: f"{spec.value} {spec.unit}".strip() for spec in machine.specs.all()},
        prices=dict(prices.get(machine.pk, {})),
    )


def filtered_inventory(
    space: Space, *, text: str = "", category: str = "", room: str = "", state: str = ""
) -> MachineQuerySet:
    """The machines of `space` that match every filter given.

    `state` is "down", "unlisted" or "retired"; retired machines show under that state alone.
    """
    rows = machines_of(space)
    if text:
        rows = rows.filter(
            Q(name__icontains=text)
            | Q(make__icontains=text)
            | Q(model__icontains=text)
            | Q(inventory_number__iexact=text)
        )
    if category:
        rows = rows.filter(category__slug=category)
    if room:
        rows = rows.filter(room__name=room)
    if state == "down":
        rows = rows.filter(pk__in=Fault.objects.open().stopping().values("machine"))
    if state == "retired":
        return rows.exclude(retired_at=None)
    if state == "unlisted":
        rows = rows.filter(is_listed=False)
    return rows.in_service()


def categories_in(space: Space) -> QuerySet[Category]:
    """The categories that `space` has machines of."""
    return Category.objects.filter(machines__space=space).distinct()
