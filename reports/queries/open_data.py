"""Which spaces publish, and what has been published."""

from django.db.models import QuerySet

from reports.models import OpenData, PublishedMonth
from spaces.models import Space


def published() -> QuerySet[OpenData]:
    """The settings of the listed spaces that publish, by name."""
    rows = OpenData.objects.filter(is_on=True, space__is_listed=True)
    return rows.select_related("space").order_by("space__name", "pk")


def setting_of(space: Space) -> OpenData | None:
    """What `space` has chosen, where it has."""
    return OpenData.objects.filter(space=space).first()


def months_of(space: Space) -> list[PublishedMonth]:
    """What has been published of the figures of `space`, the newest month first."""
    return list(space.published_months.order_by("-month"))
