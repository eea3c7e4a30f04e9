"""Spaces and addresses as open data names them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from reports.licences import LICENCE_PAGES, Licence
from reports.models import OpenData
from spaces.models import Space

CONTEXT = "https://schema.org"

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which spaces a file is about, all of them published, and the present moment."""

    settings: tuple[OpenData, ...]
    now: datetime

    @property
    def spaces(self) -> tuple[Space, ...]:
        """The spaces by name."""
        return tuple(each.space for each in self.settings)

    @property
    def licences(self) -> tuple[str, ...]:
        """Under which licences: more than one where spaces have chosen otherwise."""
        return tuple(sorted({LICENCE_PAGES[Licence(each.licence)] for each in self.settings}))


def address(name: str, *parts: object) -> str:
    """The whole address of a page or file of ours."""
    return f"{settings.BASE_URL}{reverse(name, args=parts)}"


def page_of(space: Space) -> str:
    """The page that tells what a space publishes; it stands for the space wherever one is named."""
    return address("reports:open_data_of_space", space.slug)


def place_of(space: Space) -> Json:
    """A space as schema.org has it."""
    place: Json = {
        "@type": "LocalBusiness",
        "@id": page_of(space),
        "name": space.name,
        "description": space.description,
        "url": space.website or page_of(space),
        "address": {
            "@type": "PostalAddress",
            "streetAddress": space.street,
            "addressLocality": space.city,
            "addressRegion": space.canton,
            "addressCountry": space.country,
        },
    }
    if space.email:
        place["email"] = space.email
    if space.latitude is not None and space.longitude is not None:
        place["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": space.latitude,
            "longitude": space.longitude,
        }
    return place


def graph(nodes: Iterable[Json], licences: Iterable[str]) -> Json:
    """A JSON-LD document of schema.org, with what may be done with it."""
    return {"@context": CONTEXT, "@graph": [*nodes], "license": [*licences]}
