"""Who stands still for which fault: written when one stops, is mended, or is needed by another."""

from collections.abc import Iterable
from datetime import datetime

from machines.chains import standing_still_with
from machines.models import Fault, Machine, Stoppage
from machines.queries.dependencies import edges_of
from machines.services.dirty import mark_dirty
from spaces.intervals import Interval


def follow(fault: Fault, *, now: datetime) -> None:
    """Have exactly those stand still for `fault` who have to, from `now` on.

    That is its machine and all that need it, while the fault is open and stops it. The caller
    holds the machines of the space: what needs what decides who a fault stops.
    """
    wanted: set[int] = set()
    if fault.is_open and fault.stops_machine:
        machine = fault.machine
        others = standing_still_with(machine.pk, edges_of(machine.space_id))
        in_service = Machine.objects.in_service().filter(pk__in=others)
        wanted = {machine.pk, *in_service.values_list("pk", flat=True)}
    running = {row.machine_id: row for row in fault.stoppages.open()}
    _end([row for pk, row in running.items() if pk not in wanted], now)
    _begin(fault, wanted - running.keys(), now)


def follow_all_in(space_id: int, *, now: datetime) -> None:
    """The same for every open fault that stops a machine of the space, after needs changed."""
    faults = Fault.objects.open().stopping().filter(machine__space=space_id)
    for fault in faults.select_related("machine").order_by("pk"):
        follow(fault, now=now)


def _begin(fault: Fault, machines: Iterable[int], now: datetime) -> None:
    started = sorted(machines)
    if not started:
        return
    Stoppage.objects.bulk_create(
        Stoppage(fault=fault, machine_id=pk, starts_at=now) for pk in started
    )
    mark_dirty(started, Interval(now, now))


def _end(rows: Iterable[Stoppage], now: datetime) -> None:
    for row in rows:
        row.ends_at = max(now, row.starts_at)
        row.save(update_fields=["ends_at"])
        mark_dirty([row.machine_id], Interval(row.starts_at, row.ends_at))
