"""Plans of upkeep and what counters show; what takes time from machines is done a floor above."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from machines.models import Counter, CounterReading, MaintenancePlan
from members.models import Member


class ReadingOutOfLine(ValueError):
    """A counter cannot have shown this, by what it showed before or after."""


class ReadingTooLow(ReadingOutOfLine):
    """A counter showed less than before, and nobody said that it began anew."""


class ReadingTooHigh(ReadingOutOfLine):
    """A counter showed less afterwards, and nobody said that it began anew in between."""


class CorrectedAlready(ValueError):
    """The reading is corrected already: the correction is what counts now."""


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
    """Write down what people saw that `counter` showed at `now`, which may be told late.

    What is said of a moment of which something is written already corrects that; the same said
    again, as by two jobs done at once, is one reading. Raises ReadingOutOfLine.
    """
    _hold(counter)
    there = counter.readings.standing().filter(read_at=now).first()
    if there is not None and (there.value, there.is_restart) == (value, is_restart):
        return there
    reading = CounterReading(
        counter=counter,
        value=value,
        is_restart=is_restart,
        read_at=now,
        read_by=by,
        by_device=there is not None and there.by_device,
        corrects=there,
    )
    return _added(reading)


@transaction.atomic
def correct_reading(
    *, reading: CounterReading, value: Decimal, is_restart: bool, by: Member
) -> CounterReading:
    """Write down what the counter really showed when `reading` was made, which stays to be seen.

    Raises ReadingOutOfLine, and CorrectedAlready.
    """
    _hold(reading.counter)
    if CounterReading.objects.filter(corrects=reading).exists():
        raise CorrectedAlready
    return _added(
        CounterReading(
            counter=reading.counter,
            value=value,
            is_restart=is_restart,
            read_at=reading.read_at,
            read_by=by,
            by_device=reading.by_device,
            corrects=reading,
        )
    )


def show_counter(*, counter: Counter, value: Decimal, now: datetime, is_restart: bool) -> None:
    """Write down what a device told that `counter` showed, whatever people have read meanwhile."""
    CounterReading.objects.create(
        counter=counter, value=value, is_restart=is_restart, read_at=now, by_device=True
    )


def _hold(counter: Counter) -> None:
    Counter.objects.select_for_update().get(pk=counter.pk)


def _added(reading: CounterReading) -> CounterReading:
    """Insert `reading` where it fits between those before and after it that count as it does."""
    alike = reading.counter.readings.standing().filter(by_device=reading.by_device)
    if reading.corrects is not None:
        alike = alike.exclude(pk=reading.corrects.pk)
    before = alike.filter(read_at__lt=reading.read_at).order_by("read_at").last()
    after = alike.filter(read_at__gt=reading.read_at).order_by("read_at").first()
    if before is not None and not reading.is_restart and reading.value < before.value:
        raise ReadingTooLow(str(before.value))
    if after is not None and not after.is_restart and after.value < reading.value:
        raise ReadingTooHigh(str(after.value))
    reading.save(force_insert=True)
    return reading
