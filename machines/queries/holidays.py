"""The public holidays of the place where a space stands, in its own language."""

from dataclasses import dataclass
from datetime import date

import holidays
from holidays.constants import HALF_DAY, OPTIONAL, PUBLIC
from schedule.models import Event

from machines.states import CalendarKind
from spaces.models import Space

HOLIDAY_KEY = "holiday:"


@dataclass(frozen=True, slots=True, order=True)
class Holiday:
    """A holiday of one date: whether the law gives the day off, whether it is a closure here."""

    date: date
    name: str
    is_public: bool
    is_loaded: bool


def holidays_of(space: Space, year: int) -> list[Holiday]:
    """The holidays of the space's canton (or country) in `year`, by date; none where unknown."""
    keys = set(
        Event.objects.filter(
            calendar__availability__space=space,
            calendar__availability__machine=None,
            calendar__availability__kind=CalendarKind.CLOSED,
            description__startswith=HOLIDAY_KEY,
        ).values_list("description", flat=True)
    )
    public = _dates(space, year, PUBLIC)
    others = {
        day: name
        for category in (OPTIONAL, HALF_DAY)
        for day, name in _dates(space, year, category).items()
    }
    return sorted(
        Holiday(day, name, day in public, holiday_key(day) in keys)
        for day, name in (others | public).items()
    )


def holiday_key(day: date) -> str:
    """What an event's description says so that a holiday is never loaded twice."""
    return f"{HOLIDAY_KEY}{day.isoformat()}"


def _dates(space: Space, year: int, category: str) -> dict[date, str]:
    """Date and name of one category, as the place itself calls it."""
    try:
        known = holidays.list_supported_countries(include_aliases=False)[space.country]
        days = holidays.country_holidays(
            space.country,
            subdiv=space.canton if space.canton in known else None,
            years=year,
            categories=category,
            language=_language(space),
        )
    # A country or a category that the library does not know has no holidays to offer.
    except (KeyError, NotImplementedError, ValueError):
        return {}
    return dict(days)


def _language(space: Space) -> str | None:
    """The space's first language that the names are known in, or the country's own."""
    spoken = holidays.list_localized_countries().get(space.country, [])
    for language in space.languages:
        for name in spoken:
            if name.split("_")[0] == language:
                return name
    return None
