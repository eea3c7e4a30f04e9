"""Whether a space is open now, as the SpaceAPI (version 15) tells it."""

from datetime import datetime

from django.conf import settings
from django.templatetags.static import static

from machines.queries.opening import opening_of_space
from reports.open_data.places import Asked, Json, address, page_of
from spaces.intervals import DAY, Interval
from spaces.models import Space

AROUND = 31 * DAY


def status(asked: Asked) -> Json:
    """The status of the one space that was asked for."""
    space = asked.spaces[0]
    location: Json = {
        "address": ", ".join(each for each in (space.street, space.city, space.country) if each),
        "timezone": space.timezone,
        "country_code": space.country,
    }
    if space.latitude is not None and space.longitude is not None:
        location |= {"lat": space.latitude, "lon": space.longitude}
    return {
        "api_compatibility": ["15"],
        "space": space.name,
        "logo": f"{settings.BASE_URL}{static('img/icon.svg')}",
        "url": space.website or page_of(space),
        "location": location,
        "contact": {"email": space.email} if space.email else {},
        "state": _state(space, asked.now),
        "links": [
            {"name": "Machines", "url": f"{address('booking:catalogue')}?space={space.slug}"},
            {"name": "Open data", "url": page_of(space)},
        ],
    }


def _state(space: Space, now: datetime) -> Json:
    """By its opening hours: when that changed last is told where it is known."""
    window = Interval(now - AROUND, now + DAY)
    stretches = opening_of_space(space, window).open
    is_open = any(each.start <= now < each.end for each in stretches)
    changes = [
        moment
        for each in stretches
        for moment in (each.start, each.end)
        if window.start < moment <= now
    ]
    state: Json = {"open": is_open}
    if changes:
        state["lastchange"] = int(max(changes).timestamp())
    return state
