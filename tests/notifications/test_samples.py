"""Every kind of message is known, and its sample fills everything that it says."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.template import engines
from django.utils.html import strip_tags
from django.utils.translation import override

from notifications.adapting import starting_wording
from notifications.fields import faults_of
from notifications.models import Message
from notifications.offered import BLOCKS, fields_of, left_unsaid, subject_fields_of
from notifications.rendering import render_as, values_in
from notifications.samples import SAMPLES, Scene, grouped, sample_message, title_of

SCENE = Scene(space="Atelier", zone=ZoneInfo("Europe/Zurich"), today=date(2026, 10, 19))
LANGUAGES = [code for code, _name in settings.LANGUAGES]
OF_SPACES = [kind for kind, sample in SAMPLES.items() if sample.is_of_space]
MISSING = "⟪%s⟫"


def sample(kind: str, language: str = "en", timezone: str = "") -> Message:
    return sample_message(SAMPLES[kind], SCENE, language=language, timezone=timezone)


@pytest.fixture
def missing_is_seen() -> Iterator[None]:
    engine = engines["django"].engine
    engine.string_if_invalid = MISSING
    yield
    engine.string_if_invalid = ""


def test_no_kind_is_forgotten() -> None:
    folder = Path(settings.BASE_DIR) / "templates" / "messages"
    kinds = {path.name.removesuffix(".subject.txt") for path in folder.glob("*.subject.txt")}
    assert set(SAMPLES) == kinds
    listed = [each.kind for _group, samples in grouped() for each in samples]
    assert sorted(listed) == sorted(kinds)


def test_what_is_of_no_space_is_listed_last() -> None:
    of_space = [each.is_of_space for _group, samples in grouped() for each in samples]
    assert of_space == sorted(of_space, reverse=True)


def test_an_unknown_kind_is_called_by_its_name() -> None:
    assert title_of("no_such_kind") == "no_such_kind"


@pytest.mark.usefixtures("missing_is_seen")
@pytest.mark.parametrize("timezone", ["", "Pacific/Auckland"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", SAMPLES)
def test_a_sample_fills_everything(kind: str, language: str, timezone: str) -> None:
    rendered = render_as(sample(kind, language, timezone), None)
    for text in (rendered.subject, rendered.text, rendered.html):
        assert text.strip()
        assert MISSING[0] not in text
    assert f'lang="{language}"' in rendered.html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", OF_SPACES)
def test_the_words_to_begin_with_say_what_the_house_says(kind: str, language: str) -> None:
    message = sample(kind, language, "Pacific/Auckland")
    # Who wants no calendar file is told of none, and words that everybody gets must suit them too.
    message.attachment = ""
    with override(language):
        wording = starting_wording(kind)
        assert faults_of(wording.subject, known=subject_fields_of(kind)) == []
        assert faults_of(wording.text, known=fields_of(kind), blocks=BLOCKS) == []
    assert "# {news}" in wording.text
    assert bool(SAMPLES[kind].facts) == ("{facts}" in wording.text)
    house, own = render_as(message, None), render_as(message, wording)
    assert own.fault == ""
    assert (own.subject, own.text) == (house.subject, house.text)
    assert seen(own.html) == seen(house.html)


def seen(html: str) -> str:
    return " ".join(strip_tags(html.partition("<body>")[2]).split())


@pytest.mark.parametrize("kind", OF_SPACES)
def test_the_words_to_begin_with_leave_nothing_out_that_the_house_says(kind: str) -> None:
    with override("en"):
        text = starting_wording(kind).text
        assert left_unsaid(kind, text, house=text) == []
        unsaid = left_unsaid(kind, "Hello {name}", house=text)
    assert bool(SAMPLES[kind].facts) == any("{facts}" in told for told in unsaid)
    assert any("{url}" in told for told in unsaid) == ("{url}" in fields_told(kind))


def fields_told(kind: str) -> str:
    return " ".join(f"{{{name}}}" for name in fields_of(kind))


@pytest.mark.parametrize("kind", OF_SPACES)
def test_every_field_says_something_in_the_sample_or_may_be_empty(kind: str) -> None:
    from notifications.offered import MAY_BE_EMPTY

    empty = {name for name, value in values_in(sample(kind)).items() if not value}
    assert empty <= MAY_BE_EMPTY
