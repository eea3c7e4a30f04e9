"""Who may open which page of faults."""

from machines.models import FaultEntry, FaultPhoto
from tests.config.doors.door import (
    World,
    hidden,
    nothing,
    of_machine,
    of_space,
    personal,
    public,
    staff,
)


def of_photo(world: World) -> list[int]:
    entry = FaultEntry.objects.create(
        fault=world.fault, event="comment", created_at=world.fault.starts_at
    )
    return [FaultPhoto.objects.create(entry=entry, file="faults/x.jpg").pk]


DOORS = {
    "booking:fault_report": public(of_machine),
    "booking:my_faults": personal(nothing),
    "booking:fault": hidden(lambda w: [w.fault.pk]),
    "booking:fault_photo": hidden(of_photo),
    "booking:fault_board": staff(of_space),
    "booking:fault_list": staff(of_space),
    "booking:fault_care": staff(lambda w: [w.space.slug, w.fault.pk], post=True),
    "booking:faults": staff(of_machine, post=True),
    "booking:fault_resolve": staff(lambda w: [*of_machine(w), w.fault.pk], post=True),
    "booking:needs": staff(of_machine, post=True),
}
