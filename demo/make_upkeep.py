"""Upkeep that comes again on the machines of one space: one job due, one to come, one by a lamp."""

from datetime import datetime
from decimal import Decimal

from booking.services.upkeep_plans import Done, place_due, record_job
from demo.make_bookings import HOUR
from machines.models import Counter, Machine, MaintenancePlan
from machines.services.maintenance import read_counter, save_plan
from machines.states import UpkeepBasis
from members.models import Member
from spaces.intervals import DAY

LENS = (
    "Débrancher la machine\nNettoyer la lentille et les miroirs\n"
    "Contrôler l’alignement\nCoupe d’essai"
)
NOZZLE = "Retirer le filament\nRemplacer la buse\nCalibrer le plateau"


def plan_what_comes_again(*, at: str, by: Member, now: datetime) -> None:
    """Plans for the first laser cutter and the first 3D printer of a space, with some history."""
    laser, printer = (_first(at, category) for category in ("laser-cutter", "3d-printer"))
    if laser is None or printer is None:
        return
    lens = _plan(
        laser, "Nettoyer l’optique", UpkeepBasis.DAYS, 28, since=now - 80 * DAY, checklist=LENS
    )
    for days, cost in ((52, None), (25, Decimal("18.50"))):
        record_job(
            plan=lens,
            done=Done(
                done_at=now - days * DAY,
                ticked=frozenset({0, 1, 3}),
                parts="Lingettes optiques",
                cost=cost,
            ),
            by=by,
            now=now,
        )
    _plan(printer, "Remplacer la buse", UpkeepBasis.HOURS, 300, now - 150 * DAY, checklist=NOZZLE)
    lamp = Counter.objects.create(machine=laser, name="Heures du tube", unit="h")
    for days, shown in ((60, "2140.5"), (30, "2203"), (2, "2261.5")):
        read_counter(counter=lamp, value=Decimal(shown), by=by, now=now - days * DAY)
    _plan(laser, "Remplacer le tube", UpkeepBasis.COUNTER, 2000, now - 60 * DAY, counter=lamp)
    place_due(now)


def _first(at: str, category: str) -> Machine | None:
    rows = Machine.objects.filter(space__slug=at, category__slug=category).order_by("pk")
    return rows.select_related("space", "category").first()


def _plan(
    machine: Machine,
    title: str,
    basis: UpkeepBasis,
    every: int,
    since: datetime,
    *,
    checklist: str = "",
    counter: Counter | None = None,
) -> MaintenancePlan:
    return save_plan(
        plan=MaintenancePlan(
            machine=machine,
            title=title,
            basis=basis,
            every=every,
            counter=counter,
            counted_from=since,
            duration=HOUR,
            checklist=checklist,
        )
    )
