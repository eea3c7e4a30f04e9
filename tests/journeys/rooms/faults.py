"""The pages of faults: reports of a maker and of somebody without a name, and what is mended."""

from datetime import timedelta

from machines.models import Machine
from machines.services import faults
from machines.services.dependencies import add_need
from machines.services.faults import Judgement, Repair
from machines.states import Found, Severity
from spaces.intervals import DAY
from tests.booking.lively import Lively, at
from tests.factories.machines import MachineFactory
from tests.journeys.rooms.room import Names, Room


def furnish(lively: Lively) -> Names:
    """One report that is new, one in hand, one mended, and an extraction that something needs."""
    extraction = MachineFactory.create(
        space=lively.space, category=lively.mill.category, name="Extraction", slug="extraction"
    )
    add_need(machine=lively.mill, needs=extraction, now=at("08:00"))
    stepcraft = Machine.objects.get(slug="stepcraft")
    told = faults.report_fault(
        machine=stepcraft,
        summary="The spindle hums and gets hot",
        stops_machine=False,
        found=Found.BROKE,
        by=lively.maker,
        now=at("09:10"),
    )
    judgement = Judgement(
        severity=Severity.HAMPERS,
        stops_machine=False,
        known="The bearing is worn; a new one is ordered.",
        expected_at=at("00:00") + 4 * DAY,
    )
    faults.judge(fault=told, judgement=judgement, by=lively.staff, now=at("09:30"))
    faults.assign(fault=told, to=lively.staff, by=lively.staff, now=at("09:31"))
    faults.comment(fault=told, text="Do not mill steel.", by=lively.staff, now=at("09:32"))
    for minutes, found in enumerate((Found.FOUND, Found.FIXED)):
        faults.report_fault(
            machine=stepcraft,
            summary="A clamp is missing",
            stops_machine=False,
            found=found,
            by=None,
            now=at("10:00") + timedelta(minutes=minutes),
        )
    mended = faults.report_fault(
        machine=stepcraft, summary="Dust", stops_machine=False, by=None, now=at("08:30")
    )
    faults.resolve_fault(
        fault=mended, by=lively.staff, now=at("08:50"), repair=Repair(text="Cleaned", minutes=20)
    )
    return {"fault": told.pk, "mended": mended.pk}


ROOM = Room(
    visitor={"fault-report": "/at/atelier/speedy/fault/"},
    maker={
        "fault-report-maker": "/at/atelier/speedy/fault/",
        "fault": "/faults/{fault}/",
        "my-faults": "/faults/",
    },
    staff={
        "fault-board": "/spaces/atelier/faults/",
        "fault-list": "/spaces/atelier/faults/all/?state=all",
        "fault-list-none": "/spaces/atelier/faults/all/?q=nothing+of+the+kind",
        "fault-care": "/spaces/atelier/faults/{fault}/",
        "fault-care-mended": "/spaces/atelier/faults/{mended}/",
        "faults": "/spaces/atelier/machines/stepcraft/faults/",
        "needs": "/spaces/atelier/machines/shaper/needs/",
    },
    no_pages={"booking:fault_resolve": "an action", "booking:fault_photo": "a picture"},
    furnish=furnish,
)
