"""The directory."""

import pytest

from spaces.queries import directory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db


def test_the_directory_lists_public_spaces_by_name() -> None:
    zoo, attic = SpaceFactory.create(name="Zoo"), SpaceFactory.create(name="Attic")
    SpaceFactory.create(is_listed=False)
    assert list(directory()) == [attic, zoo]
