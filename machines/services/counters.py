"""What devices count becomes readings of the machine's counters, which plans of upkeep go by."""

from datetime import datetime
from decimal import Decimal

from machines.models import Counter, Machine
from machines.queries.devices import counters_of
from machines.services.maintenance import read_counter

WHOLE = Decimal(1)
"""Plans count in whole units: less than one more is not worth a reading."""


def follow_counters(*, machine: Machine) -> int:
    """Read from the log what the counters of `machine` show now; how many readings were new.

    A counter that a device is the first to tell of is made. One that shows less than before has
    begun anew. What comes later than a newer reading stays in the log alone.
    """
    return sum(
        _read(machine, shown.name, Decimal(str(round(shown.value, 2))), shown.at)
        for shown in counters_of([machine.pk])
        if shown.value >= 0
    )


def _read(machine: Machine, name: str, value: Decimal, at: datetime) -> bool:
    counter, _is_new = Counter.objects.get_or_create(machine=machine, name=name)
    last = counter.readings.order_by("read_at").last()
    if last is not None and (at <= last.read_at or Decimal(0) <= value - last.value < WHOLE):
        return False
    is_restart = last is not None and value < last.value
    read_counter(counter=counter, value=value, by=None, now=at, is_restart=is_restart)
    return True
