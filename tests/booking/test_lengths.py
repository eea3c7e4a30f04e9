"""Lengths of time as people type them."""

from datetime import timedelta

import pytest
from django.forms import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from booking.lengths import LengthField, length_text

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FIELD = LengthField(required=False)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", None),
        ("  ", None),
        ("30 min", 30 * MINUTE),
        ("30m", 30 * MINUTE),
        ("2 h", 2 * HOUR),
        ("1 h 30 min", 90 * MINUTE),
        ("1,5 heures", 90 * MINUTE),
        ("2.5 Hours", 150 * MINUTE),
        ("3 d", 3 * DAY),
        ("3 j", 3 * DAY),
        ("1 jour 2 h", 26 * HOUR),
        ("0 min", 0 * MINUTE),
    ],
)
def test_it_is_read_as_it_is_meant(typed: str, meant: timedelta | None) -> None:
    assert FIELD.clean(typed) == meant


@pytest.mark.parametrize(
    "typed", ["2", "two hours", "h", "-2 h", "2 x", "1001 d", "999999 d", "2:30"]
)
def test_what_is_not_understood_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        FIELD.clean(typed)


@given(st.integers(0, 1000 * 24 * 60), st.sampled_from(["en", "fr", "de", "it"]))
def test_what_stands_in_the_field_means_the_same(minutes: int, language: str) -> None:
    with translation.override(language):
        assert FIELD.clean(length_text(minutes * MINUTE)) == minutes * MINUTE
