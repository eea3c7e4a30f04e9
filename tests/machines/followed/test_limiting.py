"""What takes too long is ended, also where the first word of it is lost."""

import contextlib
import signal
import sys
import time
import weakref

import pytest

from machines.external.limiting import TookTooLong, limited

LIMIT = 0.02


class Thing:
    """Something that can be watched as it goes."""


def compute(seconds: float) -> None:
    """Be busy for so long."""
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def drop() -> None:
    """Be busy until the limit is over, where Python drops exceptions."""
    thing = Thing()
    watched = weakref.ref(thing, lambda _gone: compute(60))
    del thing
    assert watched() is None


def catch() -> None:
    """Be busy until the limit is over, as in a library that catches everything."""
    with contextlib.suppress(Exception):
        compute(60)


LOSING = pytest.mark.parametrize("lose_the_first_word", [drop, catch])


def test_what_ends_in_time_is_left_alone() -> None:
    with limited(60):
        compute(LIMIT)
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)


def test_what_goes_on_is_ended() -> None:
    before = signal.getsignal(signal.SIGVTALRM), sys.unraisablehook
    with pytest.raises(TookTooLong), limited(LIMIT):
        compute(60)
    assert (signal.getsignal(signal.SIGVTALRM), sys.unraisablehook) == before
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)


@LOSING
def test_what_goes_on_after_a_lost_word_is_ended_too(lose_the_first_word) -> None:
    def go_on() -> None:
        lose_the_first_word()
        compute(60)

    with pytest.raises(TookTooLong), limited(LIMIT):
        go_on()


@LOSING
def test_what_ends_by_itself_after_a_lost_word_took_too_long_too(lose_the_first_word) -> None:
    with pytest.raises(TookTooLong), limited(LIMIT):
        lose_the_first_word()


def test_what_python_drops_of_others_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda dropped: told.append(dropped.exc_type))
    thing = Thing()
    watched = weakref.ref(thing, lambda _gone: 1 / 0)
    with limited(60):
        del thing
    assert watched() is None
    assert told == [ZeroDivisionError]
