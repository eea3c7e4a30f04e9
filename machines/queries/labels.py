"""What stands on the labels of machines."""

from collections.abc import Collection
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse

from machines.labels.drawing import Label
from machines.models import Machine
from machines.queries.codes import AT_MACHINE
from spaces.models import Space

MOST_LABELS = 800
"""Each is a field of the form, of which a request may have a thousand; there are filters."""


def labels_of(space: Space, machines: Collection[int]) -> list[Label]:
    """The labels of these machines of `space` by name, in one query."""
    rows = Machine.objects.filter(space=space, pk__in=machines).select_related("room")
    return [_label(each, space) for each in rows.order_by("name", "pk")[:MOST_LABELS]]


def _label(machine: Machine, space: Space) -> Label:
    path = reverse(AT_MACHINE, args=[space.slug, machine.slug])
    return Label(
        name=machine.name,
        number=machine.inventory_number,
        place=f"{space.name}, {machine.room.name}" if machine.room else space.name,
        address=urljoin(settings.BASE_URL, path),
    )
