"""What the pages for the staff of a space ask first."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from members.permissions import is_staff_of
from spaces.models import Space


def for_staff(request: HttpRequest, place: Space) -> Space:
    """The space, for those who work there; raises PermissionDenied for others."""
    if not is_staff_of(request.user, place):
        raise PermissionDenied
    return place
