"""Reads of the directory of spaces."""

from django.db.models import QuerySet

from spaces.models import Space


def space_by_slug(slug: str) -> Space:
    """The space at an address, listed or not; raises Space.DoesNotExist."""
    return Space.objects.get(slug=slug)


def directory() -> QuerySet[Space]:
    """The public spaces by name."""
    return Space.objects.listed().order_by("name", "pk")
