"""Faults in every state, and an extraction without which no laser of a space works."""

from datetime import datetime, timedelta
from decimal import Decimal

from booking.services import fault_care, stopping
from booking.services.reporting import Report, report_at_machine
from machines.models import Fault, Machine
from machines.services.dependencies import add_need
from machines.services.faults import Judgement, Repair, judge, report_fault
from machines.states import Found, Severity
from members.models import Member
from spaces.intervals import DAY, local_day

HOUR = timedelta(hours=1)


def need_an_extraction(*, at: str, now: datetime) -> None:
    """Let the lasers of a space stand still whenever their extraction does."""
    lasers = Machine.objects.filter(space__slug=at, category__slug="laser-cutter")
    first = lasers.select_related("space", "category", "room").order_by("pk").first()
    if first is None:
        return
    extraction = Machine.objects.create(
        space=first.space,
        category=first.category,
        room=first.room,
        name="Absauganlage",
        slug="absauganlage",
        make="BOFA",
        inventory_number="ZH-19",
        is_listed=False,
    )
    for laser in lasers.exclude(pk=extraction.pk):
        add_need(machine=laser, needs=extraction, now=now)


def report_faults(*, at: str, maker: Member, staff: Member, now: datetime) -> None:
    """What staff find on their board: new, waiting, in hand and mended."""
    machines = list(
        Machine.objects.filter(space__slug=at)
        .select_related("space")
        .exclude(category__slug="laser-cutter")
        .order_by("pk")[:5]
    )
    if len(machines) < 5:  # noqa: PLR2004
        return
    printer, nozzle, resin, mill, plotter = machines
    _seen(printer, "La première couche ne colle plus à gauche.", Found.BROKE, maker, now - 2 * HOUR)
    _seen(
        nozzle,
        "Odeur de plastique brûlé près du bloc d’alimentation.",
        Found.FOUND,
        None,
        now - HOUR,
    )
    _seen(resin, "Le film était percé, je l’ai remplacé.", Found.FIXED, maker, now - 5 * HOUR)
    _in_hand(mill, maker=maker, staff=staff, now=now)
    done = report_fault(
        machine=plotter, summary="La lame est émoussée", stops_machine=False, by=staff,
        now=now - 3 * DAY,
    )  # fmt: skip
    stopping.resolve(
        fault=done,
        repair=Repair(text="Lame changée", minutes=15, cost=Decimal("18.00")),
        by=staff,
        now=now - 2 * DAY,
    )


def _seen(machine: Machine, words: str, found: Found, by: Member | None, now: datetime) -> Fault:
    return report_at_machine(
        machine=machine, report=Report(summary=words, found=found), by=by, now=now
    )


def _in_hand(machine: Machine, *, maker: Member, staff: Member, now: datetime) -> None:
    """Part of it does not work, and somebody is on it."""
    seen = _seen(machine, "L’axe Z grince en montant.", Found.BROKE, maker, now - 26 * HOUR)
    zone = machine.space.zone
    friday = local_day(now.astimezone(zone).date() + 3 * DAY, zone)
    judgement = Judgement(
        severity=Severity.HAMPERS,
        stops_machine=False,
        known="Le roulement est usé ; le nouveau arrive cette semaine. Pas d’aluminium d’ici là.",
        expected_at=friday.end,
    )
    judge(fault=seen, judgement=judgement, by=staff, now=now - 25 * HOUR)
    fault_care.assign(fault=seen, to=staff, by=staff, now=now - 25 * HOUR)
    fault_care.comment(
        fault=seen, text="Roulement commandé.", is_shared=True, by=staff, now=now - 24 * HOUR
    )
