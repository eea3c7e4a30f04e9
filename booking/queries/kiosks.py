"""What a tablet shows: its machines as they are now, and what is asked at each."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from booking.models import Kiosk, UsageSession
from booking.queries.availability import MachineNow, state_now
from booking.queries.questions import Asked, asked_by_machine
from booking.queries.terms import terms_of_many
from machines.models import Machine
from members.states import Audience


class Tile(NamedTuple):
    """A machine as everybody may know it: never who uses it, or who has reserved it."""

    machine: Machine
    state: MachineNow
    is_in_use: bool
    asked: Asked


def machines_at(kiosk: Kiosk) -> list[Machine]:
    """The machines that people choose from at `kiosk`, `space` and `category` loaded."""
    rows = Machine.objects.in_service().filter(space=kiosk.space_id)
    if kiosk.machine_id is not None:
        rows = rows.filter(pk=kiosk.machine_id)
    return list(rows.select_related("space", "category", "room").order_by("name", "pk"))


def machines_known_to(kiosk: Kiosk, ids: Collection[int]) -> dict[int, Machine]:
    """Those of `ids` that are, or were, in the space of `kiosk`, by their ids; `space` loaded.

    Also what is retired or has moved by now: what was done at it is not dropped for that.
    """
    rows = Machine.objects.filter(space=kiosk.space_id).select_related("space")
    return rows.in_bulk(ids)


def tiles_of(machines: Sequence[Machine], *, now: datetime) -> list[Tile]:
    """Each machine now, in a fixed number of queries."""
    terms = terms_of_many(machines, audience=Audience.MAKER)
    states = state_now(machines, terms=terms, now=now)
    used = set(
        UsageSession.objects.open().filter(machine__in=machines).values_list("machine", flat=True)
    )
    asked = asked_by_machine(machines)
    return [
        Tile(machine, states[machine.pk], machine.pk in used, asked[machine.pk])
        for machine in machines
    ]
