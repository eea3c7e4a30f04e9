"""How many things wait in a space, for the links to their queues."""

from typing import Any

from django.template import Context, Library

from booking.queries.waiting import Waiting, waiting_by_space
from spaces.models import Space

register = Library()


@register.simple_tag(takes_context=True)
def waiting_in(context: Context, space: Space) -> Waiting:
    """What waits in `space`; one query a page for all spaces whose links it shows."""
    page: Any = context["request"]
    if not hasattr(page, "waiting_by_space"):
        mine: Any = context.get("workplaces") or ()
        page.waiting_by_space = waiting_by_space([*mine, space])
    found: dict[int, Waiting] = page.waiting_by_space
    return found.get(space.pk, Waiting())
