"""The words of the demo's space can be filled, in every language in which they are written."""

from datetime import UTC, datetime

import pytest

from demo.make_texts import KIND, WORDS, word_the_confirmation
from notifications import texts
from notifications.rendering import render
from tests.factories.members import MemberFactory
from tests.factories.notifications import MessageFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db


def test_a_space_confirms_in_its_own_words():
    space = SpaceFactory(slug="geneve")
    now = datetime(2026, 5, 4, 8, tzinfo=UTC)
    word_the_confirmation(at="geneve", by=MemberFactory(), now=now)
    assert texts.adapted_in(str(space.pk)) == {(KIND, language) for language in WORDS}
    for language in WORDS:
        reader = MemberFactory(language=language)
        rendered = render(MessageFactory(space_key=str(space.pk), recipient=reader))
        assert not rendered.fault
        assert "Laser cutter" in rendered.subject
