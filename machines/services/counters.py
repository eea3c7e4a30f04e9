"""What devices count becomes readings of the machine's counters, which plans of upkeep go by."""

from datetime import datetime
from decimal import Decimal

from machines.models import Counter, Machine
from machines.queries.devices import counters_of
from machines.services.maintenance import show_counter
from machines.wear import WHOLE, began_anew


def follow_counters(*, machine: Machine) -> int:
    """Read from the log what the counters of `machine` show now; how many readings were new.

    A counter that a device is the first to tell of is made. One that shows much less than the
    device told before has begun anew; a little less is no reading. What comes later than a newer
    reading stays in the log alone.
    """
    return sum(
        _read(machine, shown.name, Decimal(str(round(shown.value, 2))), shown.at)
        for shown in counters_of([machine.pk])
        if shown.value >= 0
    )


def _read(machine: Machine, name: str, value: Decimal, at: datetime) -> bool:
    counter, _is_new = Counter.objects.get_or_create(machine=machine, name=name)
    told = counter.readings.standing().filter(by_device=True).order_by("read_at")
    last = told.last()
    is_restart = last is not None and began_anew(last.value, value)
    if last is not None and (at <= last.read_at or not (is_restart or value - last.value >= WHOLE)):
        return False
    # People may have read it at this very moment: what they saw counts.
    if counter.readings.filter(read_at=at).exists():
        return False
    show_counter(counter=counter, value=value, now=at, is_restart=is_restart)
    return True
