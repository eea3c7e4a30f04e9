"""When spaces are open in the four weeks to come, as open data."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from machines.api import hours_of
from machines.queries.opening import Opening, opening_of_space
from reports.open_data.places import Asked, Json, place_of
from spaces.intervals import Interval, clip, local_dates, local_day
from spaces.models import Space

AHEAD = timedelta(days=28)
LAST_MINUTE = "23:59"


def rows(asked: Asked) -> list[Json]:
    """A line for each stretch: open, staffed, or closed and why."""
    return [
        {
            "space": space.slug,
            "kind": each.kind,
            "starts_at": each.starts_at.isoformat(),
            "ends_at": each.ends_at.isoformat(),
            "reason": each.reason,
        }
        for space in asked.spaces
        for each in hours_of(space, _opening(space, asked.now))
    ]


def nodes(asked: Asked) -> list[Json]:
    """Each space with its hours day by day, and its closures."""
    return [
        {
            **place_of(space),
            "openingHoursSpecification": [*_days(space, _opening(space, asked.now))],
            "specialOpeningHoursSpecification": [*_closures(space, _opening(space, asked.now))],
        }
        for space in asked.spaces
    ]


def _opening(space: Space, now: datetime) -> Opening:
    today = local_day(now.astimezone(space.zone).date(), space.zone).start
    return opening_of_space(space, Interval(today, today + AHEAD))


def _days(space: Space, opening: Opening) -> Iterator[Json]:
    for stretch in opening.open:
        for day in local_dates(stretch, space.zone):
            for part in clip([stretch], local_day(day, space.zone)):
                start, end = (each.astimezone(space.zone) for each in (part.start, part.end))
                yield {
                    "@type": "OpeningHoursSpecification",
                    "validFrom": day.isoformat(),
                    "validThrough": day.isoformat(),
                    "dayOfWeek": f"https://schema.org/{day:%A}",
                    "opens": f"{start:%H:%M}",
                    # A day that is open to its end has no later minute to name.
                    "closes": f"{end:%H:%M}" if end.date() == day else LAST_MINUTE,
                }


def _closures(space: Space, opening: Opening) -> Iterator[Json]:
    for closure in opening.closures:
        days = local_dates(closure.interval, space.zone)
        yield {
            "@type": "OpeningHoursSpecification",
            "validFrom": days[0].isoformat(),
            "validThrough": days[-1].isoformat(),
            "description": closure.reason,
        }
