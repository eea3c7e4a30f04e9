"""What visitors may look for, and the cards that answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery

from billing.queries import prices_of
from booking.queries.availability import MachineNow, state_now
from booking.queries.slots import free_machines
from booking.queries.terms import terms_of_many
from booking.queries.viewer import Viewer
from booking.states import MachineState
from machines.measuring.asking import asked
from machines.models import Category, Machine, Photo
from machines.queries.specs import fitting
from members.models import Skill
from members.states import Audience
from spaces.intervals import Interval, moment_of
from spaces.models import Space

PAGE_SIZE = 24
SEARCHED = ("name", "make", "model", "materials", "loaded")
SEARCHED_IN_EVERY_LANGUAGE = ("description", "category__name")


class WallSpan(NamedTuple):
    """A span on the wall clock of wherever a machine stands."""

    date: date
    start: time
    end: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What is asked of the catalogue; empty means any."""

    space: Space | None = None
    category: Category | None = None
    text: str = ""
    free_now: bool = False
    free_at: WallSpan | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A machine as the catalogue shows it; `missing` holds what the viewer still has to learn."""

    machine: Machine
    now: MachineNow
    price: Decimal | None
    skills: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def usable(self) -> bool:
        """Whether the viewer has learned all that the machine asks for."""
        return not self.missing


class CardPage(NamedTuple):
    """One page of the catalogue, and all that was found for it."""

    page: Page[Machine]
    cards: list[Card]
    found: QuerySet[Machine]


def catalogue(filters: Filters, viewer: Viewer, *, page: int | str, now: datetime) -> CardPage:
    """One page of cards, in a number of queries that does not grow with the machines."""
    found = matching(filters)
    if filters.free_at:
        found = found.filter(pk__in=_free_at(found, filters.free_at, viewer, now=now))
    if filters.free_now:
        found = found.filter(pk__in=_free_now(list(found), viewer, now=now))
    shown = Paginator(found, PAGE_SIZE).get_page(page)
    return CardPage(shown, cards_of(list(shown.object_list), viewer, now=now), found)


def cards_of(machines: Sequence[Machine], viewer: Viewer, *, now: datetime) -> list[Card]:
    """The cards of machines whose space and skills are loaded."""
    states = _states(machines, viewer, now=now)
    prices = prices_of(machines)
    return [
        Card(
            machine=machine,
            now=states[machine.pk],
            price=price_for(prices.get(machine.pk, {}), viewer.audience_in(machine.space_id)),
            skills=tuple(skill.name for skill in machine.skills.all()),
            missing=viewer.missing_for(machine, on=now.astimezone(machine.space.zone).date()),
        )
        for machine in machines
    ]


def price_for(prices: dict[Audience, Decimal], audience: Audience) -> Decimal | None:
    """The hourly price for an audience; the one of makers where it has none of its own."""
    return prices.get(audience, prices.get(Audience.MAKER))


def listed_machines() -> QuerySet[Machine]:
    """The machines that the catalogue may show, with what a card needs."""
    return with_parts(Machine.objects.listed())


def with_parts(machines: QuerySet[Machine]) -> QuerySet[Machine]:
    """The same machines with what a card needs; `cover` is the number of the first photo."""
    photos = Photo.objects.filter(machine=OuterRef("pk")).order_by("position", "pk")
    parts = ("space", "category", "room", "pool", "owner_company", "owner_space")
    return (
        machines.select_related(*parts)
        .prefetch_related(Prefetch("skills", queryset=Skill.objects.all()))
        .annotate(cover=Subquery(photos.values("pk")[:1]))
    )


def spaces_with_counts() -> QuerySet[Space]:
    """The listed spaces, each with the number of its machines as `machine_count`."""
    return (
        Space.objects.listed()
        .annotate(
            machine_count=Count(
                "machines", filter=Q(machines__is_listed=True, machines__retired_at=None)
            )
        )
        .order_by("name")
    )


def categories_with_counts(space: Space | None = None) -> QuerySet[Category]:
    """Categories that have listed machines, fullest first, with `machine_count`."""
    shown = Machine.objects.listed()
    if space is not None:
        shown = shown.filter(space=space)
    return (
        Category.objects.filter(machines__in=shown)
        .annotate(machine_count=Count("machines"))
        .order_by("-machine_count", "name")
    )


def matching(filters: Filters) -> QuerySet[Machine]:
    """The listed machines of a space and a category that fit the text.

    They have what it asks for in numbers, and mention each of its other words.
    """
    machines = listed_machines()
    if filters.space:
        machines = machines.filter(space=filters.space)
    if filters.category:
        machines = machines.filter(category=filters.category)
    search = asked(filters.text)
    for word in search.words:
        machines = machines.filter(_mentions(word))
    return fitting(machines, search.wishes).order_by("name", "pk")


def _mentions(word: str) -> Q:
    """Machines that mention `word`, in whichever language the visitor typed it."""
    fields = [*SEARCHED, "space__name", "space__city"]
    fields += [
        f"{field}_{language}"
        for field in SEARCHED_IN_EVERY_LANGUAGE
        for language in settings.MODELTRANSLATION_LANGUAGES
    ]
    return reduce(or_, (Q(**{f"{field}__icontains": word}) for field in fields))


def _states(machines: Sequence[Machine], viewer: Viewer, *, now: datetime) -> dict[int, MachineNow]:
    terms = terms_of_many(machines, audience=viewer.audience_in)
    return state_now(machines, terms=terms, now=now)


def _free_now(machines: Sequence[Machine], viewer: Viewer, *, now: datetime) -> list[int]:
    states = _states(machines, viewer, now=now)
    return [key for key, state in states.items() if state.state == MachineState.FREE]


def _free_at(
    machines: QuerySet[Machine], wall: WallSpan, viewer: Viewer, *, now: datetime
) -> list[int]:
    """Machines free for a span on their own wall clock."""

    def span_in(zone: ZoneInfo) -> Interval:
        start, end = (
            moment_of(datetime.combine(wall.date, each), zone) for each in (wall.start, wall.end)
        )
        return Interval(start, max(start, end))

    return free_machines(machines=machines, span_in=span_in, audience=viewer.audience_in, now=now)
