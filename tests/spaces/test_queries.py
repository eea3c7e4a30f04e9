"""The directory."""

import pytest

from spaces.models import Space
from spaces.queries import directory, space_by_slug
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db


def test_the_directory_lists_public_spaces_by_name() -> None:
    zoo, attic = SpaceFactory.create(name="Zoo"), SpaceFactory.create(name="Attic")
    hidden = SpaceFactory.create(is_listed=False)
    assert list(directory()) == [attic, zoo]
    assert space_by_slug(hidden.slug) == hidden
    with pytest.raises(Space.DoesNotExist):
        space_by_slug("nowhere")
