"""The earliest offers as cards: what is looked for, and what is found."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from booking.queries.catalogue import Card, Filters, cards_of, matching
from booking.queries.gaps import Place
from booking.queries.slots import first_slots
from booking.queries.viewer import Viewer
from spaces.intervals import DAY, Interval, local_days

PAGE_SIZE = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A length of time on any machine of `filters`, on local dates; the last is included."""

    filters: Filters
    length: timedelta
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The first time at which a machine could be booked, with its card."""

    card: Card
    interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPage:
    """Offers, earliest first, and the place from which to go on where there are more."""

    offers: list[Offer]
    next: Place | None

    @property
    def in_several_zones(self) -> bool:
        """Whether the clocks of the machines differ, so that each has to be named."""
        return len({each.card.machine.space.timezone for each in self.offers}) > 1


def offers(search: Search, viewer: Viewer, *, after: Place | None, now: datetime) -> OfferPage:
    """The earliest offers, each with the skills that the viewer does not have on that day.

    The number of queries does not grow with the machines.
    """

    def window_in(zone: ZoneInfo) -> Interval:
        return local_days(search.first, search.last + DAY, zone)

    found = first_slots(
        machines=matching(search.filters),
        length=search.length,
        window_in=window_in,
        audience=viewer.audience_in,
        now=now,
        limit=PAGE_SIZE,
        after=after,
    )
    cards = cards_of([slot.machine for slot in found.slots], viewer, now=now)
    return OfferPage(
        offers=[
            Offer(card=_on_the_day(card, slot.interval, viewer), interval=slot.interval)
            for card, slot in zip(cards, found.slots, strict=True)
        ],
        next=found.next,
    )


def _on_the_day(card: Card, interval: Interval, viewer: Viewer) -> Card:
    day = interval.start.astimezone(card.machine.space.zone).date()
    return replace(card, missing=viewer.missing_for(card.machine, on=day))
