"""Spaces as tests need them."""

import factory

from spaces.models import Room, Space


class SpaceFactory(factory.django.DjangoModelFactory[Space]):
    """A listed space in Zurich's zone."""

    class Meta:
        model = Space

    slug = factory.Sequence(lambda n: f"space-{n}")
    name = factory.Sequence(lambda n: f"Space {n}")
    timezone = "Europe/Zurich"
    languages = ["de", "en"]
    country = "CH"
    canton = "ZH"
    city = "Zürich"


class RoomFactory(factory.django.DjangoModelFactory[Room]):
    """A room of a space."""

    class Meta:
        model = Room

    space = factory.SubFactory(SpaceFactory)
    name = factory.Sequence(lambda n: f"Room {n}")
