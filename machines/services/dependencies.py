"""Saying what a machine needs so that it can be used."""

from datetime import datetime

from django.db import transaction

from machines.models import Dependency, Machine
from machines.queries.dependencies import may_need
from machines.services.holding import hold_machines_of
from machines.services.stoppages import follow_all_in


class CannotNeed(Exception):
    """A machine of another space, or one that itself needs this one, cannot be needed."""


@transaction.atomic
def add_need(*, machine: Machine, needs: Machine, now: datetime) -> Dependency:
    """Have `machine` stand still whenever `needs` does; at once where that is broken now.

    Raises CannotNeed.
    """
    hold_machines_of(machine.space_id)
    if machine.space_id != needs.space_id or not may_need(machine, needs):
        raise CannotNeed
    made, _is_new = Dependency.objects.get_or_create(machine=machine, needs=needs)
    follow_all_in(machine.space_id, now=now)
    return made


@transaction.atomic
def remove_need(*, machine: Machine, needs: Machine, now: datetime) -> None:
    """Have `machine` work whatever becomes of `needs`; what was down time stays so."""
    hold_machines_of(machine.space_id)
    Dependency.objects.filter(machine=machine, needs=needs).delete()
    follow_all_in(machine.space_id, now=now)
