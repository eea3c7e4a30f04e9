"""What every page knows about the person who looks at it."""

from collections.abc import Sequence
from typing import cast

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from members.models import Member
from spaces.models import Space

STAFF_PAGES = "spaces"

GROUP_OF = {
    **dict.fromkeys(("board", "requests", "displaced", "waitlist", "series", "use"), "day"),
    **dict.fromkeys(("hours", "closures", "holidays", "calendars"), "time"),
    **dict.fromkeys(("policies", "quotas", "reminders", "questions"), "rules"),
    **dict.fromkeys(("companies", "messages", "skills", "inductions", "badges"), "people"),
    **dict.fromkeys(("certifications", "recognition", "rights"), "people"),
    **dict.fromkeys(("utilisation", "logo", "open-data", "year"), "reports"),
}
"""To which group of a space's pages an address belongs, by its first part; the rest is machines."""


def workplaces(request: HttpRequest) -> dict[str, object]:
    """The spaces whose staff pages the person may open, the one whose page this is, its group.

    Read only where a template asks, in one query; visitors cost none.
    """
    mine = cast("Sequence[Space]", SimpleLazyObject(lambda: _workplaces_of(request)))
    return {
        "workplaces": mine,
        "staff_space": SimpleLazyObject(lambda: _space_of_page(request.path, mine)),
        "staff_group": group_of(request.path),
    }


def _workplaces_of(request: HttpRequest) -> list[Space]:
    person = getattr(request, "user", None)
    if not isinstance(person, Member):
        return []
    if person.is_superuser:
        return list(Space.objects.all())
    return list(Space.objects.filter(roles__member=person).distinct())


def _space_of_page(path: str, mine: Sequence[Space]) -> Space | None:
    parts = path.strip("/").split("/")
    if len(parts) < 2 or parts[0] != STAFF_PAGES:  # noqa: PLR2004
        return None
    return next((space for space in mine if space.slug == parts[1]), None)


def group_of(path: str) -> str:
    """The group of the staff page at `path`; "" for every other page."""
    parts = path.strip("/").split("/")
    if len(parts) < 3 or parts[0] != STAFF_PAGES:  # noqa: PLR2004
        return ""
    return GROUP_OF.get(parts[2], "machines")
