"""What belongs to a machine beside its sheet goes along when it moves, or is duplicated.

Its counters, plans of upkeep and questions at check-out are its own. So is a device that tells of
it alone, and goes where it goes. What a space decided about it (rules, hours, quotas) stays there.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from billing.services.machines import copy_machine
from booking.models import Question
from booking.queries.wear import standings_of
from booking.services.locking import in_transaction
from machines.models import (
    Counter,
    CounterReading,
    Dependency,
    Device,
    Machine,
    MaintenancePlan,
    Meter,
)
from machines.queries.dependencies import needed_in
from machines.services.dependencies import CannotNeed, add_need
from members.models import Member


@dataclass(frozen=True, slots=True, kw_only=True)
class StaysBehind:
    """What a machine has to do with others of its space, which ends when it moves."""

    needs: list[Machine]
    needed_by: list[Machine]
    devices: list[Device]
    """Those that tell of other machines too."""


def duplicate(
    *, machine: Machine, name: str, count: int, by: Member, now: datetime
) -> list[Machine]:
    """`count` machines like `machine`, looked after, asked about and stopped as it is.

    Their upkeep counts from now, their counters have not been read.
    """

    def work() -> list[Machine]:
        made = copy_machine(machine=machine, name=name, count=count, by=by, now=now)
        plans = list(MaintenancePlan.objects.filter(machine=machine, ended_at=None))
        needs = needed_in(machine.space, [machine])[machine.pk]
        for each in made:
            counters = _give_counters(machine, each)
            for plan in plans:
                _give_plan(plan, each, counters, counted_from=now)
            _give_questions(machine, each)
            for needed in needs:
                add_need(machine=each, needs=needed, now=now)
        return made

    return in_transaction(work)


def stays_behind(machine: Machine) -> StaysBehind:
    """What does not go along when `machine` moves, though it is about it."""
    needed_by = Dependency.objects.filter(needs=machine, machine__retired_at=None)
    return StaysBehind(
        needs=needed_in(machine.space, [machine])[machine.pk],
        needed_by=[each.machine for each in needed_by.select_related("machine")],
        devices=[meter.device for meter in _meters(machine) if _tells_of_others(meter)],
    )


def send_along(*, machine: Machine, made: Machine, now: datetime) -> None:
    """Give `made`, which is `machine` in another space, what belongs to it.

    The caller holds the transaction and both spaces. Counts go on where they stood; what was done
    to it stays written in the old space.
    """
    counters = _give_counters(machine, made)
    _give_readings(counters)
    plans = MaintenancePlan.objects.filter(machine=machine, ended_at=None)
    for standing in standings_of(plans, now=now):
        _give_plan(
            standing.plan,
            made,
            counters,
            counted_from=standing.plan.counted_from,
            used_before=standing.wear.used,
        )
    plans.update(ended_at=now, event=None)
    _give_questions(machine, made)
    for meter in _meters(machine):
        _hand_over(meter, made, now)


def meet_again(*, machine: Machine, made: Machine, now: datetime) -> None:
    """Have `made` need, and be needed by, those that moved to its space before, as it was here."""
    pairs = [
        *((made, row.needs.moved_to) for row in _needs(machine=machine)),
        *((row.machine.moved_to, made) for row in _needs(needs=machine)),
    ]
    for one, other in pairs:
        if one is not None and other is not None and one.space_id == other.space_id:
            with suppress(CannotNeed):
                add_need(machine=one, needs=other, now=now)


def _needs(**of: Machine) -> Iterable[Dependency]:
    parts = ("machine__moved_to", "needs__moved_to")
    return Dependency.objects.filter(**of).select_related(*parts)


def _give_counters(source: Machine, target: Machine) -> dict[int, Counter]:
    """Counters of the same names; each by the one that it comes from."""
    return {
        each.pk: Counter.objects.create(machine=target, name=each.name, unit=each.unit)
        for each in source.counters.all()
    }


def _give_readings(counters: Mapping[int, Counter]) -> None:
    """All that was read and counts: how far a counter has gone is told by its readings alone."""
    rows = list(CounterReading.objects.standing().filter(counter__in=counters))
    for row in rows:
        row.pk, row.counter, row.corrects = None, counters[row.counter_id], None
    CounterReading.objects.bulk_create(rows)


def _give_plan(
    plan: MaintenancePlan,
    target: Machine,
    counters: Mapping[int, Counter],
    *,
    counted_from: datetime,
    used_before: Decimal = Decimal(0),
) -> None:
    counter = counters[plan.counter_id] if plan.counter_id is not None else None
    MaintenancePlan.objects.create(
        machine=target,
        title=plan.title,
        basis=plan.basis,
        every=plan.every,
        counter=counter,
        duration=plan.duration,
        checklist=plan.checklist,
        parts=plan.parts,
        counted_from=counted_from,
        used_before=used_before if plan.basis in MaintenancePlan.BY_SESSIONS else Decimal(0),
    )


def _give_questions(source: Machine, target: Machine) -> None:
    for question in Question.objects.asked().filter(machine=source):
        question.pk, question.machine, question.space = None, target, target.space
        question.save(force_insert=True)


def _meters(machine: Machine) -> Iterable[Meter]:
    rows = machine.meters.filter(removed_at=None, device__retired_at=None)
    return rows.select_related("device").order_by("device")


def _tells_of_others(meter: Meter) -> bool:
    others = Meter.objects.filter(device=meter.device_id, removed_at=None)
    return others.exclude(machine=meter.machine_id).exists()


def _hand_over(meter: Meter, made: Machine, now: datetime) -> None:
    """Have the device tell of `made` from now on; what it told until now stays where it is."""
    stays = _tells_of_others(meter)
    Meter.objects.filter(pk=meter.pk).update(removed_at=now)
    if not stays:
        Device.objects.filter(pk=meter.device_id).update(space=made.space)
        Meter.objects.create(device=meter.device, machine=made)
