"""How many requests wait for the staff, for the links to their queue."""

from typing import Any

from django.template import Context, Library

from booking.queries.requests import waiting_by_space
from spaces.models import Space

register = Library()


@register.simple_tag(takes_context=True)
def requests_waiting(context: Context, space: Space) -> int:
    """How many wait in `space`; one query a page for all spaces whose links it shows."""
    page: Any = context["request"]
    mine: Any = context.get("workplaces") or ()
    if not hasattr(page, "requests_waiting"):
        spaces = {each.pk: each for each in [*mine, space]}
        page.requests_waiting = waiting_by_space(spaces.values())
    return int(page.requests_waiting.get(space.pk, 0))
