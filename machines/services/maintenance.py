"""Plans of upkeep and what counters show; what takes time from machines is done a floor above."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from machines.models import Counter, CounterReading, MaintenancePlan
from members.models import Member


class ReadingTooLow(ValueError):
    """A counter showed less than before, and nobody said that it began anew."""


@transaction.atomic
def save_plan(*, plan: MaintenancePlan) -> MaintenancePlan:
    """Keep a plan as it is; what was put aside for it stays until somebody moves it."""
    plan.save()
    return plan


@transaction.atomic
def read_counter(
    *,
    counter: Counter,
    value: Decimal,
    by: Member | None,
    now: datetime,
    is_restart: bool = False,
) -> CounterReading:
    """Write down what `counter` shows. Raises ReadingTooLow.

    What was written by mistake is put right by the next reading, which begins anew.
    """
    Counter.objects.select_for_update().get(pk=counter.pk)
    last = counter.readings.order_by("read_at").last()
    if last is not None and value < last.value and not is_restart:
        raise ReadingTooLow(str(last.value))
    found, _is_new = CounterReading.objects.update_or_create(
        counter=counter,
        read_at=now,
        defaults={"value": value, "is_restart": is_restart, "read_by": by},
    )
    return found
