"""The counters that slow down whoever guesses passwords are not pushed out by other traffic."""

import pytest
from django.core.cache import cache

pytestmark = pytest.mark.django_db


def test_a_counter_survives_a_thousand_others() -> None:
    cache.set("login_failed:victim", [1, 2, 3], timeout=3600)
    for number in range(1_000):
        cache.set(f"login_failed:{number}", [1], timeout=3600)
    assert cache.get("login_failed:victim") == [1, 2, 3]
