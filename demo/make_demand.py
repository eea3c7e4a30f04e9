"""Write what was wanted in vain: refused tries, and wishes that nobody could meet."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from random import Random

from booking.models import RefusedTry, WaitlistEntry
from booking.states import RefusalCode, WishState
from demo.history import Visit
from machines.models import Machine
from members.models import Member

EVENING = range(17, 21)
RUSH_DAYS = {"laser-cutter": 3, "3d-printer": 1}
"""The weekday on whose evenings everybody wants a machine of the category; Monday is 0."""

REFUSED, REFUSED_IN_RUSH = 0.05, 0.55
WAITED = 0.25
NOT_TAKEN = (RefusalCode.NOT_CERTIFIED, RefusalCode.LEAD_TIME, RefusalCode.QUOTA)


def rush_of(machine: Machine) -> Collection[tuple[int, int]]:
    """The hours of the week in which everybody wants `machine`."""
    weekday = RUSH_DAYS.get(machine.category.slug)
    return () if weekday is None else [(weekday, hour) for hour in EVENING]


def write_demand(
    machine: Machine,
    found: Sequence[Visit],
    *,
    makers: Sequence[Member],
    rng: Random,
    now: datetime,
) -> None:
    """Those who wanted a time that was taken, or were not allowed to; some then waited."""
    rush = rush_of(machine)
    tries, wishes = [], []
    for visit in found:
        local = visit.span.start.astimezone(machine.space.zone)
        is_rush = (local.weekday(), local.hour) in rush
        if rng.random() >= (REFUSED_IN_RUSH if is_rush else REFUSED):
            continue
        is_taken = is_rush or rng.random() < 0.5  # noqa: PLR2004
        row = RefusedTry(
            member=rng.choice(makers),
            machine=machine,
            starts_at=visit.span.start,
            ends_at=visit.span.end,
            codes=[RefusalCode.TAKEN if is_taken else rng.choice(NOT_TAKEN)],
            created_at=visit.created_at + timedelta(minutes=50),
        )
        tries.append(row)
        if is_taken and visit.span.end < now and rng.random() < WAITED:
            wishes.append(_wish(row, machine))
    RefusedTry.objects.bulk_create(tries, batch_size=1000)
    WaitlistEntry.objects.bulk_create(wishes, batch_size=1000)


def _wish(row: RefusedTry, machine: Machine) -> WaitlistEntry:
    """A wish for the same time, which passed without an offer."""
    return WaitlistEntry(
        member=row.member,
        space=machine.space,
        machine=machine,
        earliest_at=row.starts_at,
        latest_at=row.ends_at,
        duration=row.ends_at - row.starts_at,
        joined_at=row.created_at,
        state=WishState.EXPIRED,
    )
