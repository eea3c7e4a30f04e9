"""The machines that the catalogue shows, as open data."""

from collections import defaultdict

from django.conf import settings
from django.db.models import QuerySet

from machines.models import Machine
from reports.open_data.places import Asked, Json, address, page_of, place_of


def rows(asked: Asked) -> list[Json]:
    """A line for each machine, in a fixed number of queries."""
    return [_line(machine) for machine in _machines(asked)]


def nodes(asked: Asked) -> list[Json]:
    """Each space with what it has: products of schema.org."""
    products: dict[int, list[Json]] = defaultdict(list)
    for machine in _machines(asked):
        products[machine.space_id].append(_product(machine))
    return [
        {
            **place_of(space),
            "hasOfferCatalog": {"@type": "OfferCatalog", "itemListElement": products[space.pk]},
        }
        for space in asked.spaces
    ]


def _machines(asked: Asked) -> QuerySet[Machine]:
    rows = Machine.objects.listed().filter(space__in=asked.spaces)
    return (
        rows.select_related("space", "category")
        .prefetch_related("specs", "skills", "photos")
        .order_by("space__name", "name", "pk")
    )


def _line(machine: Machine) -> Json:
    return {
        "space": machine.space.slug,
        "id": machine.pk,
        "name": machine.name,
        "category": machine.category.slug,
        "category_name": machine.category.name,
        "make": machine.make,
        "model": machine.model,
        "description": machine.description,
        "materials": machine.materials,
        "work_area": machine.work_area,
        "skills": [skill.slug for skill in machine.skills.all()],
        "specs": [
            {"name": each.name, "value": each.value, "unit": each.unit}
            for each in machine.specs.all()
        ],
        "photo": _photo(machine),
        "url": _page(machine),
    }


def _product(machine: Machine) -> Json:
    product: Json = {
        "@type": "Product",
        "@id": _page(machine),
        "name": machine.name,
        "category": machine.category.name,
        "url": _page(machine),
        "offers": {
            "@type": "Offer",
            "businessFunction": "http://purl.org/goodrelations/v1#LeaseOut",
            "offeredBy": {"@id": page_of(machine.space)},
        },
        "additionalProperty": [
            {
                "@type": "PropertyValue",
                "name": each.name,
                "value": each.value,
                **({"unitText": each.unit} if each.unit else {}),
            }
            for each in machine.specs.all()
        ],
    }
    more = {
        "brand": machine.make and {"@type": "Brand", "name": machine.make},
        "model": machine.model,
        "description": machine.description,
        "image": _photo(machine),
    }
    return product | {name: value for name, value in more.items() if value}


def _photo(machine: Machine) -> str | None:
    first = next(iter(machine.photos.all()), None)
    return f"{settings.BASE_URL}{first.file.url}" if first else None


def _page(machine: Machine) -> str:
    return address("booking:machine", machine.space.slug, machine.slug)
