"""What the tests of the whole house have."""

import pytest

from tests.config.doors.door import World, furnished


@pytest.fixture
def world() -> World:
    """A space, with one thing of each kind."""
    return furnished()
