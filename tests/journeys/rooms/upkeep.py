"""The pages of upkeep, and what is none."""

from datetime import timedelta
from decimal import Decimal

from booking.services.upkeep_plans import Done, place, record_job
from machines.services.maintenance import read_counter
from machines.states import UpkeepBasis
from tests.booking.lively import NOW, Lively
from tests.factories.machines import CounterFactory, MaintenancePlanFactory
from tests.journeys.rooms.room import Names, Room

DAY = timedelta(days=1)


def furnish(lively: Lively) -> Names:
    """A job that is due, one for which time is put aside, one by a counter, and some history."""
    lens = MaintenancePlanFactory.create(
        machine=lively.laser,
        counted_from=NOW - 45 * DAY,
        checklist="Unplug it\nClean lens and mirrors\nTest cut",
        parts="Lens wipes",
    )
    done = Done(
        done_at=NOW - 40 * DAY,
        ticked=frozenset({0, 1}),
        parts="2 lens wipes",
        cost=Decimal("12.50"),
        note="The second mirror was loose.",
    )
    record_job(plan=lens, done=done, by=lively.staff, now=NOW)
    belts = MaintenancePlanFactory.create(
        machine=lively.mill, title="Tighten the belts", every=30, counted_from=NOW - 25 * DAY
    )
    place(plan=belts, now=NOW)
    counter = CounterFactory.create(machine=lively.laser)
    for days, shown in ((30, 1200), (1, 1290)):
        read = read_counter(
            counter=counter, value=Decimal(shown), by=lively.staff, now=NOW - days * DAY
        )
    MaintenancePlanFactory.create(
        machine=lively.laser,
        title="Replace the lamp",
        basis=UpkeepBasis.COUNTER,
        counter=counter,
        every=500,
        counted_from=NOW - 30 * DAY,
    )
    return {"plan": lens.pk, "counter": counter.pk, "reading": read.pk}


ROOM = Room(
    staff={
        "upkeep": "/spaces/atelier/upkeep/",
        "machine-upkeep": "/spaces/atelier/machines/speedy/upkeep/",
        "machine-upkeep-none": "/spaces/atelier/machines/trotec/upkeep/",
        "upkeep-new": "/spaces/atelier/machines/speedy/upkeep/new/",
        "upkeep-plan": "/spaces/atelier/machines/speedy/upkeep/{plan}/",
        "upkeep-job": "/spaces/atelier/machines/speedy/upkeep/{plan}/done/",
        "counter-new": "/spaces/atelier/machines/speedy/counters/new/",
        "counter": "/spaces/atelier/machines/speedy/counters/{counter}/",
        "counter-reading": "/spaces/atelier/machines/speedy/counters/{counter}/readings/{reading}/",
    },
    no_pages={
        "booking:upkeep_place": "an action",
        "booking:upkeep_photo": "a picture",
    },
    furnish=furnish,
)
