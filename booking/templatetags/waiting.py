"""How many things wait in a space, for the links to their queues."""

from collections.abc import Callable, Iterable
from typing import Any

from django.template import Context, Library

from booking.queries import displaced, requests
from spaces.models import Space

register = Library()


@register.simple_tag(takes_context=True)
def requests_waiting(context: Context, space: Space) -> int:
    """How many wait in `space`; one query a page for all spaces whose links it shows."""
    return _counted(context, space, "requests_waiting", requests.waiting_by_space)


@register.simple_tag(takes_context=True)
def displaced_waiting(context: Context, space: Space) -> int:
    """How many displaced reservations wait in `space` for an answer; one query a page."""
    return _counted(context, space, "displaced_waiting", displaced.waiting_by_space)


def _counted(
    context: Context,
    space: Space,
    name: str,
    count: Callable[[Iterable[Space]], dict[int, int]],
) -> int:
    """What `count` tells of `space`, asked once a page and kept on its request."""
    page: Any = context["request"]
    mine: Any = context.get("workplaces") or ()
    if not hasattr(page, name):
        spaces = {each.pk: each for each in [*mine, space]}
        setattr(page, name, count(spaces.values()))
    return int(getattr(page, name).get(space.pk, 0))
