"""The machine that a code on its label means."""

from urllib.parse import urlsplit

from django.db.models import Q
from django.urls import Resolver404, resolve

from machines.models import Machine
from spaces.models import Space

AT_MACHINE = "booking:at_machine"
"""The page that the QR code on a machine opens."""


def machine_of_code(code: str, space: Space) -> Machine | None:
    """The machine with this inventory number, or whose QR code this is; first of those of `space`.

    A number that two machines of the space have means the one in service, or the older one.
    """
    if not code:
        return None
    named = _named_by_address(code)
    wanted = Q(space__slug=named[0], slug=named[1]) if named else Q(inventory_number__iexact=code)
    found = list(Machine.objects.filter(wanted).select_related("space", "room").order_by("pk"))
    found.sort(key=lambda each: (each.space_id != space.pk, each.retired_at is not None))
    return found[0] if found else None


def _named_by_address(code: str) -> tuple[str, str] | None:
    """Space and machine of the address of a machine, on whatever host the label was printed."""
    try:
        path = urlsplit(code).path
        match = resolve(path if path.startswith("/") else "/")
    except (ValueError, Resolver404):
        return None
    if match.view_name != AT_MACHINE:
        return None
    return match.kwargs["space"], match.kwargs["slug"]
