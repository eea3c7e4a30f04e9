"""What stands in a space, as its inventory tells it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import override

from machines.depreciation import Bought, book_value
from machines.models import Category, Fault, Machine, Stoppage
from machines.models.machine import MachineQuerySet
from machines.queries.owners import Owner, key_of_owner, owner_of
from members.models import Company
from members.states import Audience
from spaces.models import Space

AS_THEY_ARE = (
    "serial_number", "purchase_date", "purchase_price", "residual_value", "useful_life",
    "funder", "others_ahead_days", "loaded",
)  # fmt: skip
"""What a sheet says just as the machine does."""

OWN = "own"
"""The filter for machines that belong to the space in which they stand."""

Prices = Mapping[int, Mapping[Audience, Decimal]]


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineSheet:
    """Everything that an inventory says of one machine; `fault` is why it stands still.

    `owner` is a key of `machines.queries.owners`, "" where it is the space itself.
    """

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
    serial_number: str = ""
    purchase_date: date | None = None
    purchase_price: Decimal | None = None
    residual_value: Decimal | None = None
    useful_life: int | None = None
    funder: str = ""
    owner: str = ""
    others_ahead_days: int | None = None
    loaded: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    prices: Mapping[Audience, Decimal] = field(default_factory=dict)


def machines_of(space: Space) -> MachineQuerySet:
    """All machines of `space`, with all that their sheets need, in a fixed number of queries."""
    stopping = Fault.objects.filter(ends_at=None, stops_machine=True).order_by("-starts_at", "-pk")
    return (
        Machine.objects.filter(space=space)
        .select_related("room", "category", "pool", "owner_company", "owner_space")
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
        owner=key_of_owner(machine.owner),
        **{name: getattr(machine, name) for name in AS_THEY_ARE},
        details={spec.name: f"{spec.value} {spec.unit}".strip() for spec in machine.specs.all()},
        prices=dict(prices.get(machine.pk, {})),
    )


def filtered_inventory(
    space: Space,
    *,
    text: str = "",
    category: str = "",
    room: str = "",
    state: str = "",
    owner: str = "",
) -> MachineQuerySet:
    """The machines of `space` that match every filter given.

    `state` is "down", "unlisted" or "retired"; retired machines show under that state alone.
    `owner` is a key of `machines.queries.owners`, or "own" for what belongs to the space.
    """
    rows = machines_of(space)
    if text:
        rows = rows.filter(
            Q(name__icontains=text)
            | Q(make__icontains=text)
            | Q(model__icontains=text)
            | Q(funder__icontains=text)
            | Q(loaded__icontains=text)
            | Q(inventory_number__iexact=text)
            | Q(serial_number__iexact=text)
        )
    if category:
        rows = rows.filter(category__slug=category)
    if room:
        rows = rows.filter(room__name=room)
    if owner:
        rows = rows.filter(**_of_owner(owner))
    if state == "down":
        rows = rows.filter(pk__in=Stoppage.objects.open().values("machine"))
    if state == "retired":
        return rows.exclude(retired_at=None)
    if state == "unlisted":
        rows = rows.filter(is_listed=False)
    return rows.in_service()


def _of_owner(key: str) -> dict[str, object]:
    if key == OWN:
        return {"owner_company": None, "owner_space": None}
    owner = owner_of(key)
    return {"owner_space" if isinstance(owner, Space) else "owner_company": owner}


@dataclass(frozen=True, slots=True)
class Worth:
    """What machines cost, and what they are worth in the books; `count` of them tell it."""

    count: int
    price: Decimal
    value: Decimal


def worth_of(rows: MachineQuerySet, on: date) -> Worth:
    """The worth of all of `rows` on a day, in one query."""
    asked = rows.exclude(purchase_date=None).exclude(purchase_price=None).order_by()
    told = (
        asked.select_related(None)
        .prefetch_related(None)
        .values_list("purchase_date", "purchase_price", "residual_value", "useful_life")
    )
    bought = [
        Bought(on=day, price=price, residual=residual or Decimal(0), years=years)
        for day, price, residual, years in told
        if day is not None and price is not None
    ]
    return Worth(
        count=len(bought),
        price=sum((each.price for each in bought), Decimal(0)),
        value=sum((book_value(each, on) for each in bought), Decimal(0)),
    )


def owned_by(owner: Owner) -> MachineQuerySet:
    """The machines that belong to a company, or to a space other than that where they stand."""
    field = "owner_space" if isinstance(owner, Space) else "owner_company"
    rows = Machine.objects.in_service().filter(**{field: owner})
    return rows.select_related("space").order_by("space__name", "name")


def owners_in(space: Space) -> list[tuple[str, str]]:
    """Who else owns machines of `space`, each by a key and a name; two queries."""
    machines = Machine.objects.filter(space=space)
    owners = [
        *Company.objects.filter(pk__in=machines.values("owner_company")),
        *Space.objects.filter(pk__in=machines.values("owner_space")),
    ]
    return sorted(((key_of_owner(each), each.name) for each in owners), key=lambda each: each[1])


def categories_in(space: Space) -> QuerySet[Category]:
    """The categories that `space` has machines of."""
    return Category.objects.filter(machines__space=space).distinct()
