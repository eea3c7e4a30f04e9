"""The small language of the texts that staff write."""

from collections.abc import Iterator

import pytest
from django.utils.translation import override

from notifications.fields import TextFaulty, faults_of, fill

KNOWN = ["name", "machine", "facts"]


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with override("en"):
        yield


def faults(text: str) -> list[str]:
    return [str(fault) for fault in faults_of(text, known=KNOWN, blocks=["facts"])]


def test_fields_are_filled_with_or_without_room_around_their_names() -> None:
    assert fill("{name}: { machine }!", {"name": "Ada", "machine": "Laser"}) == "Ada: Laser!"


def test_a_line_with_an_empty_field_is_left_out_and_leaves_no_gap() -> None:
    text = "Hello {name},\n\nFor {machine}.\n\nBye {name}"
    assert fill(text, {"name": "Ada", "machine": " "}) == "Hello Ada,\n\nBye Ada"


def test_what_a_field_says_is_not_read_again() -> None:
    assert fill("{name}", {"name": "{machine}", "machine": "x"}) == "{machine}"
    assert fill("{name}", {"name": "%s {{ 1 }} {% now 'Y' %}"}) == "%s {{ 1 }} {% now 'Y' %}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "Hello,\nthe {machin}.",
            "Line 2, character 5: there is no field {machin} here. Did you mean {machine}?",
        ),
        ("{zzz}", "Line 1, character 1: there is no field {zzz} here."),
        ("{}", "Line 1, character 1: there is no field {} here."),
        ("a { b", "Line 1, character 3: this brace is not closed."),
        ("a } b", "Line 1, character 3: this brace closes nothing."),
        ("{name\n}", "Line 1, character 1: this brace is not closed."),
        (
            "See {facts}",
            "Line 1, character 5: {facts} stands for several lines: give it a line of its own.",
        ),
    ],
)
def test_what_cannot_be_filled_is_told_with_its_place(text: str, told: str) -> None:
    assert told in faults(text)
    with pytest.raises(TextFaulty):
        fill(text, {} if "facts" in text else dict.fromkeys(KNOWN, "x"))


def test_every_fault_is_told_at_once() -> None:
    assert len(faults("{a} {b\n}")) == 3


def test_a_sound_text_has_no_fault() -> None:
    assert faults("Hello {name},\n\n  {facts}\n\n{machine}") == []


@pytest.mark.parametrize(
    "text", ["{{ machine }}", "{% load i18n %}", "{machine.password}", "{machine|safe}", "{0}"]
)
def test_it_is_no_template(text: str) -> None:
    assert faults(text)
