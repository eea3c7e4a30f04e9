"""Stocktakes: started, counted code by code, and closed with what is missing."""

from datetime import datetime

from django.db import IntegrityError, transaction

from machines.models import Count, Machine, Stocktake
from machines.queries.codes import machine_of_code
from machines.queries.stocktakes import missing_machines
from machines.states import Outcome
from members.models import Member
from spaces.models import Room, Space

LONGEST_CODE = 200


class StocktakeClosed(ValueError):
    """What is closed is history."""


def start_stocktake(*, space: Space, by: Member, now: datetime) -> Stocktake:
    """Begin to count `space`, or go on with the count that is open."""
    try:
        with transaction.atomic():
            return Stocktake.objects.create(space=space, started_at=now, started_by=by)
    except IntegrityError:
        return Stocktake.objects.get(space=space, closed_at=None)


@transaction.atomic
def count_code(
    *, stocktake: Stocktake, code: str, room: Room | None, by: Member, now: datetime
) -> Count:
    """Write down that `code` was read in `room`, and what that tells. Raises StocktakeClosed.

    An unknown code that is read again is told again and not written twice.
    """
    open_one = _locked(stocktake)
    code = code.strip()[:LONGEST_CODE]
    machine = machine_of_code(code, open_one.space)
    if machine is None:
        known = open_one.counts.filter(outcome=Outcome.UNKNOWN, code=code).first()
        if known is not None:
            return known
    return Count.objects.create(
        stocktake=open_one,
        code=code,
        machine=machine,
        outcome=_outcome(open_one, machine, room),
        room=room,
        counted_at=now,
        counted_by=by,
    )


@transaction.atomic
def take_back(*, count: Count) -> None:
    """Forget what was counted by mistake, with what repeated it. Raises StocktakeClosed."""
    open_one = _locked(count.stocktake)
    if count.machine_id is not None and count.outcome != Outcome.DOUBLE:
        open_one.counts.filter(machine=count.machine_id).delete()
    else:
        open_one.counts.filter(pk=count.pk).delete()


@transaction.atomic
def close_stocktake(*, stocktake: Stocktake, by: Member, now: datetime) -> Stocktake:
    """End the count: each machine in service that nobody has read is written down as missing.

    Raises StocktakeClosed.
    """
    open_one = _locked(stocktake)
    Count.objects.bulk_create(
        Count(
            stocktake=open_one,
            code=machine.inventory_number,
            machine=machine,
            outcome=Outcome.MISSING,
            counted_at=now,
            counted_by=by,
        )
        for machine in missing_machines(open_one)
    )
    open_one.closed_at, open_one.closed_by = now, by
    open_one.save(update_fields=["closed_at", "closed_by"])
    return open_one


def _locked(stocktake: Stocktake) -> Stocktake:
    open_one = (
        Stocktake.objects.select_for_update(of=("self",))
        .select_related("space")
        .get(pk=stocktake.pk)
    )
    if open_one.closed_at is not None:
        raise StocktakeClosed
    return open_one


def _outcome(stocktake: Stocktake, machine: Machine | None, room: Room | None) -> Outcome:
    if machine is None:
        return Outcome.UNKNOWN
    if stocktake.counts.present().filter(machine=machine).exists():
        return Outcome.DOUBLE
    is_of_space = machine.space_id == stocktake.space_id
    is_in_room = room is None or machine.room_id in {None, room.pk}
    return Outcome.FOUND if is_of_space and is_in_room else Outcome.ELSEWHERE
