"""The pages of the stock, and what lies on the shelves."""

from datetime import timedelta
from decimal import Decimal

from machines.services.stock import Counted, count, receive, save_consumable, take, undo
from tests.booking.lively import NOW, Lively
from tests.factories.stock import ConsumableFactory, SupplierFactory
from tests.journeys.rooms.room import Names, Room

HOUR = timedelta(hours=1)


def furnish(lively: Lively) -> Names:
    """Filament that is low, plywood of which more was taken than came in, blades given up."""
    space, staff = lively.space, lively.staff
    supplier = SupplierFactory.create(
        space=space, name="Filamenta", website="https://filamenta.example", phone="+41 21 555 01 23"
    )
    petg = ConsumableFactory.create(
        space=space,
        name="PETG, black, 1.75 mm",
        price=Decimal("0.045"),
        minimum=500,
        reorder=4000,
        supplier=supplier,
        article_number="PETG-175-BK",
    )
    save_consumable(item=petg, categories=[lively.laser.category], now=NOW - HOUR)
    receive(item=petg, quantity=Decimal(1000), by=staff, note="4 spools", now=NOW - HOUR)
    mistake = take(item=petg, quantity=Decimal(900), session_key="", by=staff, now=NOW - HOUR)
    undo(movement=mistake, by=staff, now=NOW - HOUR)
    take(item=petg, quantity=Decimal(542), session_key="", by=lively.maker, now=NOW)
    count(counted=[Counted(petg, Decimal(450), Decimal(458))], by=staff, now=NOW)
    wood = ConsumableFactory.create(space=space, name="Plywood, 4 mm", unit="sheet", price=12)
    take(item=wood, quantity=Decimal(2), session_key="", by=lively.maker, now=NOW)
    ConsumableFactory.create(space=space, name="Blades", unit="piece", retired_at=NOW)
    return {"consumable": petg.pk, "consumable_empty": wood.pk, "supplier": supplier.pk}


ROOM = Room(
    staff={
        "stock": "/spaces/atelier/stock/",
        "stock-retired": "/spaces/atelier/stock/?show=retired",
        "stock-count": "/spaces/atelier/stock/count/",
        "consumable": "/spaces/atelier/stock/{consumable}/",
        "consumable-new": "/spaces/atelier/stock/new/",
        "consumable-change": "/spaces/atelier/stock/{consumable}/change/",
        "suppliers": "/spaces/atelier/stock/suppliers/",
        "supplier-new": "/spaces/atelier/stock/suppliers/new/",
        "supplier": "/spaces/atelier/stock/suppliers/{supplier}/",
    },
    no_pages={"machines:stock_movements": "a file"},
    furnish=furnish,
)
