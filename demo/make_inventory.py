"""Papers of the machines: what they cost, who paid and owns them, what is loaded, who said so."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from booking.services.inventory import change_together
from machines.bulk import Bulk
from machines.models import Machine
from machines.queries.inventory import MachineSheet
from machines.services.changes import Act
from machines.services.machines import change_machine, load_machine
from machines.states import ChangeKind
from members.models import Company, Member
from spaces.models import Space

COSTS = {
    "laser-cutter": 24_500, "3d-printer": 1_290, "cnc-mill": 18_900, "textile": 1_450,
    "vinyl-cutter": 2_350,
}  # fmt: skip
USUAL_COST = 3_400
LIVES = {"3d-printer": 5, "laser-cutter": 8}
USUAL_LIFE = 10
FUNDERS = ("Innosuisse", "Loterie Romande", "Gebert Rüf Stiftung")
LOADED = ("PETG, 0.4 mm", "PLA, 0.6 mm", "ASA, 0.4 mm")
FOR_OTHERS = 14
"""How many days ahead others may reserve the machine of a company."""


def give_papers(space: Space, *, by: Member, now: datetime) -> None:
    """A price, a day and a number for every machine; a funder for some, filament for printers."""
    machines = list(space.machines.select_related("space", "category").order_by("pk"))
    for number, machine in enumerate(machines):
        change_machine(
            machine=machine,
            change=_papers(number, machine, now.date()),
            act=Act(kind=ChangeKind.EDITED, by=by, now=now - timedelta(days=200)),
        )
    for number, funder in enumerate(FUNDERS):
        chosen = [machine.pk for machine in machines[number :: len(FUNDERS)]]
        bulk = Bulk(funder=funder)
        change_together(
            space=space, chosen=chosen, bulk=bulk, by=by, now=now - timedelta(days=90 - number)
        )
    printers = [each for each in machines if each.category.slug == "3d-printer"]
    for machine, loaded in zip(printers, LOADED, strict=False):
        load_machine(machine=machine, loaded=loaded, by=by, now=now - timedelta(hours=5))


def lend(machine: Machine, *, owner: Company, by: Member, now: datetime) -> None:
    """Have a company own a machine, and come first on it."""
    change_machine(
        machine=machine,
        change=lambda sheet: replace(
            sheet, owner=f"company:{owner.slug}", others_ahead_days=FOR_OTHERS
        ),
        act=Act(kind=ChangeKind.OWNER, by=by, now=now),
    )


def _papers(number: int, machine: Machine, today: date) -> Callable[[MachineSheet], MachineSheet]:
    """What the sheet of the `number`th machine says once its papers are found."""
    kind = machine.category.slug
    bought = today - timedelta(days=420 + 171 * (number % 9))

    def told(sheet: MachineSheet) -> MachineSheet:
        return replace(
            sheet,
            serial_number=f"{kind[:2].upper()}{bought:%y%m}-{7300 + 13 * number}",
            purchase_date=bought,
            purchase_price=Decimal(COSTS.get(kind, USUAL_COST) + 35 * (number % 7)),
            useful_life=LIVES.get(kind, USUAL_LIFE),
        )

    return told
