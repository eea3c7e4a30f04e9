"""What the demo's spaces use up: filament, sheets and blades, some of them low."""

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple

from machines.models import Category, Consumable, Supplier
from machines.services.stock import (
    Counted,
    count,
    receive,
    save_consumable,
    save_supplier,
    take,
)
from machines.states import StockUnit
from members.models import Member
from spaces.models import Space

DAY = timedelta(days=1)
WEEKS = 12


class Ware(NamedTuple):
    """One thing to be had: for which machines, at what price, and how much is ordered at a time."""

    name: str
    category: str
    unit: StockUnit
    price: str
    ordered: int
    minimum: int
    taken_at_most: int


WARES = (
    Ware("PETG 1.75 mm", "3d-printer", StockUnit.GRAM, "0.045", 4000, 1000, 120),
    Ware("PLA 1.75 mm", "3d-printer", StockUnit.GRAM, "0.035", 8000, 2000, 180),
    Ware("TPU 95A 1.75 mm", "3d-printer", StockUnit.GRAM, "0.08", 1000, 250, 60),
    Ware("MDF 600 × 400 × 3 mm", "laser-cutter", StockUnit.SHEET, "4.50", 20, 5, 2),
    Ware("PMMA 600 × 400 × 3 mm", "laser-cutter", StockUnit.SHEET, "14", 10, 3, 1),
    Ware("FFP2", "", StockUnit.PIECE, "1", 50, 10, 2),
)
SUPPLIERS = ("Filamenta", "Plastiques & Bois SA")


def fill_the_shelves(space: Space, *, by: Member | None, rng: Random, now: datetime) -> None:
    """A dozen weeks of a stock: what came in, what makers took, and a count at the end."""
    suppliers = [
        save_supplier(
            supplier=Supplier(space=space, name=name, website=f"https://supplier-{number}.example")
        )
        for number, name in enumerate(SUPPLIERS, start=1)
    ]
    here = {each.slug: each for each in Category.objects.filter(machines__space=space)}
    for number, ware in enumerate(WARES):
        if ware.category and ware.category not in here:
            continue
        item = save_consumable(
            item=Consumable(
                space=space,
                name=ware.name,
                unit=ware.unit,
                price=Decimal(ware.price),
                minimum=Decimal(ware.minimum),
                reorder=Decimal(ware.ordered),
                supplier=suppliers[ware.unit != StockUnit.GRAM],
                article_number=f"{1000 + 17 * number}",
            ),
            categories=[here[ware.category]] if ware.category else [],
            now=now - WEEKS * 7 * DAY,
        )
        _use(item, ware, by=by, rng=rng, now=now)


def _use(item: Consumable, ware: Ware, *, by: Member | None, rng: Random, now: datetime) -> None:
    """Take some every few days, and order where too little was left; the last time nobody did."""
    moment = now - WEEKS * 7 * DAY
    there = ware.ordered
    receive(item=item, quantity=Decimal(ware.ordered), by=by, now=moment)
    while moment < now - 4 * DAY:
        moment += timedelta(hours=rng.randint(30, 100))
        wanted = rng.randint(1, ware.taken_at_most)
        there -= wanted
        take(item=item, quantity=Decimal(wanted), session_key="", by=None, now=moment)
        if there <= ware.minimum and moment < now - 21 * DAY:
            moment += timedelta(hours=20)
            receive(item=item, quantity=Decimal(ware.ordered), by=by, now=moment)
            there += ware.ordered
    found = Decimal(max(0, there - rng.choice((0, 0, 1))))
    count(counted=[Counted(item, found, Decimal(there))], by=by, now=now - DAY)
