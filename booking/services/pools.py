"""Which machines of a space are a pool, so that any of them will do for a reservation."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.text import slugify

from booking.models import Reservation
from booking.queries.pools import units_of
from booking.services.locking import in_transaction, lock
from booking.services.spreading import Reassigned, give_other_units
from booking.states import UPCOMING
from machines.models import Machine, Pool
from spaces.models import Space


def make_pool(*, space: Space, name: str, units: Sequence[Machine]) -> Pool:
    """Let `units` of `space` be a new pool; what is reserved on them stays where it is."""

    def work() -> Pool:
        lock(machines=[unit.pk for unit in units])
        pool = Pool.objects.create(space=space, name=name, slug=_free_slug(space, name))
        Machine.objects.filter(pk__in=[unit.pk for unit in units]).update(pool=pool)
        return pool

    return in_transaction(work)


def change_pool(*, pool: Pool, name: str, units: Sequence[Machine], now: datetime) -> Reassigned:
    """Give `pool` another name and other units.

    What was reserved on the pool and lies on a machine that leaves it goes on another unit. Where
    none is free the person keeps that machine, and no other.
    """

    def work() -> Reassigned:
        former, kept = units_of(pool), {unit.pk for unit in units}
        lock(pools=[pool.pk], machines={unit.pk for unit in (*former, *units)})
        done = Reassigned([], [])
        staying = [unit for unit in former if unit.pk in kept]
        for unit in former:
            if unit.pk not in kept and staying:
                found = give_other_units(unit, pool, [*staying, unit], now=now)
                done.moved.extend(found.moved)
                done.without_unit.extend(found.without_unit)
        leaving = [unit.pk for unit in former if unit.pk not in kept]
        Reservation.objects.filter(
            pool=pool, machine__in=leaving, state__in=UPCOMING, guarantee=None
        ).update(pool=None)
        Machine.objects.filter(pk__in=leaving).update(pool=None)
        Machine.objects.filter(pk__in=kept).update(pool=pool)
        pool.name = name
        pool.save(update_fields=["name"])
        return done

    return in_transaction(work)


def _free_slug(space: Space, name: str) -> str:
    """An address for a pool called `name` that no other pool of `space` has."""
    stem = slugify(name)[:70] or "pool"
    taken = set(Pool.objects.filter(space=space).values_list("slug", flat=True))
    number = 1
    slug = stem
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug
