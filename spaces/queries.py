"""Reads of the directory of spaces."""

from django.db.models import QuerySet

from spaces.models import Space


def directory() -> QuerySet[Space]:
    """The public spaces by name."""
    return Space.objects.listed().order_by("name", "pk")
