"""The directory of spaces and their hours, for programs."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from ninja import Query, Router, Schema
from ninja.errors import HttpError
from pydantic import AwareDatetime, Field

from machines.models import Consumable
from machines.queries.opening import Opening, opening_of_space
from machines.queries.stock import sold_in
from machines.states import StockUnit
from spaces.intervals import Interval
from spaces.models import Space
from spaces.paging import DEFAULT_LIMIT, MAX_LIMIT, CursorInvalid, page

router = Router(tags=["spaces"])

LONGEST_WINDOW = timedelta(days=62)
DEFAULT_WINDOW = timedelta(days=7)
FIRST_MOMENT, LAST_MOMENT = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""Where a window may begin: any farther, and expanding the calendars would take for ever."""


class Paging(Schema):
    """Where in a list to go on, and how far."""

    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT


class Window(Schema):
    """From when until when to look; without an end, a week from the start."""

    from_: AwareDatetime | None = Field(None, alias="from")
    until: AwareDatetime | None = None

    def interval(self) -> Interval:
        """The window; raises HttpError 422 where it is empty or too wide."""
        start = self.from_ or now()
        end = self.until or min(start, LAST_MOMENT) + DEFAULT_WINDOW
        in_reach = FIRST_MOMENT <= start <= LAST_MOMENT
        if not (in_reach and start < end <= start + LONGEST_WINDOW):
            raise HttpError(
                422,
                ngettext(
                    "`until` must lie after `from`, at most %(days)d day.",
                    "`until` must lie after `from`, at most %(days)d days.",
                    LONGEST_WINDOW.days,
                )
                % {"days": LONGEST_WINDOW.days},
            )
        return Interval(start, end)


class SpaceOut(Schema):
    """A space of the public directory."""

    id: int
    slug: str
    name: str
    description: str
    timezone: str
    languages: list[str]
    country: str
    canton: str
    city: str
    street: str
    latitude: float | None
    longitude: float | None
    currency: str
    website: str


class OpeningInterval(Schema):
    """A stretch of one kind; a closure carries its reason."""

    kind: Annotated[str, Field(pattern="^(OPEN|STAFFED|CLOSED)$")]
    starts_at: datetime
    ends_at: datetime
    reason: str | None = None


class SpaceDetail(SpaceOut):
    """A space with the hours of the seven days to come."""

    hours: list[OpeningInterval]


class SpaceList(Schema):
    """A page of spaces."""

    items: list[SpaceOut]
    next: str | None


class ConsumableOut(Schema):
    """What a space sells by the unit to who uses its machines; `categories` are those it is for."""

    id: int
    name: str
    unit: StockUnit
    price: Decimal | None
    currency: str = Field(alias="space.currency")
    in_stock: Decimal = Field(alias="quantity")
    is_low: bool
    categories: list[str]

    @staticmethod
    def resolve_is_low(item: Consumable) -> bool:
        """Whether no more than the minimum is left."""
        return item.low_since is not None

    @staticmethod
    def resolve_categories(item: Consumable) -> list[str]:
        """Of which machines; none means all of them."""
        return [category.slug for category in item.categories.all()]


class ConsumableList(Schema):
    """A page of consumables."""

    items: list[ConsumableOut]
    next: str | None


class OpeningList(Schema):
    """The hours of a space."""

    items: list[OpeningInterval]
    next: str | None = None


@router.get("/spaces", response=SpaceList)
def spaces(request: HttpRequest, paging: Query[Paging]) -> object:
    """The public directory."""
    return _page(Space.objects.listed(), paging)


@router.get("/spaces/{slug}", response=SpaceDetail)
def space(request: HttpRequest, slug: str) -> object:
    """One space, with its hours of the week to come."""
    found = get_object_or_404(Space.objects.listed(), slug=slug)
    start = now()
    opening = opening_of_space(found, Interval(start, start + DEFAULT_WINDOW))
    fields = SpaceOut.from_orm(found).dict()
    return {**fields, "hours": hours_of(found, opening)}


@router.get("/spaces/{slug}/consumables", response=ConsumableList)
def consumables(request: HttpRequest, slug: str, paging: Query[Paging]) -> object:
    """What may be taken from the stock of a space, and what it costs."""
    found = get_object_or_404(Space.objects.listed(), slug=slug)
    return _page(sold_in(found), paging)


@router.get("/spaces/{slug}/opening", response=OpeningList)
def opening(request: HttpRequest, slug: str, window: Query[Window]) -> object:
    """When a space is open, staffed, or closed and why."""
    found = get_object_or_404(Space.objects.listed(), slug=slug)
    return {"items": hours_of(found, opening_of_space(found, window.interval()))}


def _page(rows: QuerySet[Any], paging: Paging) -> object:
    """A page of `rows` by name; raises HttpError 422 for a cursor of another list."""
    try:
        return page(rows, keys=["name", "id"], cursor=paging.cursor, limit=paging.limit)
    except CursorInvalid as error:
        raise HttpError(422, _("This cursor is not of this list.")) from error


def hours_of(space: Space, opening: Opening) -> list[OpeningInterval]:
    """All stretches by start, with the offset of the space."""
    stretches = [
        *(("OPEN", each, None) for each in opening.open),
        *(("STAFFED", each, None) for each in opening.staffed),
        *(("CLOSED", each.interval, each.reason) for each in opening.closures),
    ]
    stretches.sort(key=lambda stretch: (stretch[1].start, stretch[0]))
    return [
        OpeningInterval(
            kind=kind,
            starts_at=interval.start.astimezone(space.zone),
            ends_at=interval.end.astimezone(space.zone),
            reason=reason,
        )
        for kind, interval, reason in stretches
    ]
