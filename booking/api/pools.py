"""Pools and how many of their units are free, for programs."""

from datetime import datetime

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from ninja.errors import HttpError

from booking.api import schemas
from booking.queries.pool_times import Level, pool_time
from booking.queries.pools import listed_pools
from booking.queries.terms import terms_of_many
from machines.api import Paging, Window
from machines.models import Pool
from members.states import Audience
from spaces.models import Space
from spaces.paging import CursorInvalid, page

router = Router(tags=["machines"])


class PoolFilters(Paging):
    """Which pools."""

    space: schemas.Slug | None = None
    category: schemas.Slug | None = None


class PoolOut(Schema):
    """Alike machines: reserve the pool, and any of its units is kept."""

    id: int
    slug: str
    name: str
    space: str
    category: schemas.Named
    units: list[int]
    url: str


class PoolList(Schema):
    """A page of pools."""

    items: list[PoolOut]
    next: str | None


class CountedInterval(schemas.IntervalOut):
    """Time in which `capacity` units work, `free_units` of which can still be had."""

    capacity: int
    free_units: int


class PoolAvailability(Schema):
    """Open hours from now on, cut wherever a count changes; `busy` is where no unit is free."""

    open: list[CountedInterval]
    busy: list[CountedInterval]
    free: list[CountedInterval]


@router.get("/pools", response=PoolList)
def pools(request: HttpRequest, filters: Query[PoolFilters]) -> object:
    """The pools of the catalogue: machines of which any will do."""
    found = listed_pools()
    if filters.space:
        found = found.filter(space__slug=filters.space)
    if filters.category:
        found = found.filter(machines__category__slug=filters.category).distinct()
    try:
        listed = page(found, keys=["name", "id"], cursor=filters.cursor, limit=filters.limit)
    except CursorInvalid as error:
        raise HttpError(422, _("This cursor is not of this list.")) from error
    return {"items": [_pool(request, each) for each in listed.items], "next": listed.next}


@router.get("/pools/{id}", response=PoolOut)
def pool(request: HttpRequest, id: int) -> object:
    """One pool."""
    return _pool(request, get_object_or_404(listed_pools(), pk=id))


@router.get("/pools/{id}/availability", response=PoolAvailability)
def availability(request: HttpRequest, id: int, window: Query[Window]) -> object:
    """When how many units are free."""
    found = get_object_or_404(listed_pools(), pk=id)
    units = list(found.machines.all())
    terms = terms_of_many(units, audience=Audience.MAKER)
    levels = pool_time(units, window.interval(), terms=terms, now=now()).levels
    told = [_counted(each, found.space) for each in levels]
    return {
        "open": told,
        "busy": [each for each in told if not each["free_units"]],
        "free": [each for each in told if each["free_units"]],
    }


def _pool(request: HttpRequest, found: Pool) -> dict[str, object]:
    path = reverse("booking:pool", args=[found.space.slug, found.slug])
    units = list(found.machines.all())
    return {
        "id": found.pk,
        "slug": found.slug,
        "name": found.name,
        "space": found.space.slug,
        "category": units[0].category,
        "units": [unit.pk for unit in units],
        "url": request.build_absolute_uri(path),
    }


def _counted(level: Level, space: Space) -> dict[str, datetime | int]:
    return {
        "starts_at": level.interval.start.astimezone(space.zone),
        "ends_at": level.interval.end.astimezone(space.zone),
        "capacity": level.capacity,
        "free_units": level.free_units,
    }
