"""The pages on which an inventory is changed, and what is none."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from machines.models import Change
from machines.services.changes import Act
from machines.services.machines import change_machine
from machines.states import ChangeKind
from tests.booking.lively import NOW, Lively
from tests.factories.members import CompanyFactory, RoleFactory
from tests.factories.spaces import SpaceFactory
from tests.journeys.rooms.room import Names, Room


def furnish(lively: Lively) -> Names:
    """A laser that a company paid for and owns, and another space that it could go to."""
    CompanyFactory.create(slug="optics", name="Optique du Lac SA")
    RoleFactory.create(member=lively.staff, space=SpaceFactory.create(name="Nord"))
    change_machine(
        machine=lively.laser,
        change=lambda sheet: replace(
            sheet,
            purchase_date=date(2024, 3, 5),
            purchase_price=Decimal(18_500),
            useful_life=8,
            funder="Innosuisse",
            loaded="Plywood, 4 mm",
            owner="company:optics",
            others_ahead_days=21,
        ),
        act=Act(kind=ChangeKind.EDITED, by=lively.staff, now=NOW),
    )
    return {"change": Change.objects.get(kind=ChangeKind.EDITED).pk}


ROOM = Room(
    staff={
        "machine-new": "/spaces/atelier/inventory/new/",
        "machine-edit": "/spaces/atelier/machines/speedy/edit/",
        "machine-copy": "/spaces/atelier/machines/speedy/duplicate/",
        "machine-move": "/spaces/atelier/machines/speedy/move/",
        "machine-retire": "/spaces/atelier/machines/speedy/retire/",
        "machine-history": "/spaces/atelier/machines/speedy/history/",
        "machine-priority": "/machines/atelier/speedy/priority/",
        "inventory-bulk": "/spaces/atelier/inventory/change/",
        "inventory-retire": "/spaces/atelier/inventory/retire/",
        "inventory-changes": "/spaces/atelier/inventory/history/",
        "inventory-change": "/spaces/atelier/inventory/history/{change}/",
    },
    no_pages={
        "machines:inventory_choose": "an action",
        "billing:inventory_workbook": "a file",
        "booking:machine_back": "an action",
        "booking:loaded": "an action",
    },
    furnish=furnish,
)
