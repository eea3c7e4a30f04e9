"""A plug is on for whoever works there, and is never switched off under a running cut."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from machines.metering.plugs import Plug, wanted, wanted_when_blind
from machines.metering.states import FailSafe

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def plug(**known: Any) -> Plug:
    """One that is on, and whose machine has rested for ten minutes."""
    resting = {
        "is_on": True,
        "power_at": NOW - 5 * SECOND,
        "idle_since": NOW - 10 * MINUTE,
        "stop_after": MINUTE,
        "silence": 5 * MINUTE,
        "fail_safe": FailSafe.KEEP,
    }
    return Plug(**resting | known)


WORKS = {"idle_since": None}
UNKNOWN = {"power_at": None, "idle_since": None}
SILENT = {"power_at": NOW - 6 * MINUTE}
JUST_STOPPED = {"idle_since": NOW - 30 * SECOND}


@pytest.mark.parametrize("is_on", [False, None])
def test_it_is_switched_on_for_whoever_checks_in(is_on: bool | None) -> None:
    assert wanted(plug(is_on=is_on), is_needed=True, now=NOW) is True


def test_what_is_on_is_not_told_again() -> None:
    assert wanted(plug(), is_needed=True, now=NOW) is None
    assert wanted(plug(is_on=False), is_needed=False, now=NOW) is None


def test_it_is_switched_off_once_the_machine_rests() -> None:
    assert wanted(plug(), is_needed=False, now=NOW) is False
    assert wanted(plug(is_on=None), is_needed=False, now=NOW) is False


@pytest.mark.parametrize("known", [WORKS, UNKNOWN, SILENT, JUST_STOPPED])
def test_a_cut_that_may_run_is_never_cut(known: dict[str, Any]) -> None:
    assert wanted(plug(**known), is_needed=False, now=NOW) is None
    assert wanted_when_blind(plug(**known, fail_safe=FailSafe.OFF), now=NOW) is None


@pytest.mark.parametrize(
    ("fail_safe", "is_on", "expected"),
    [
        (FailSafe.KEEP, True, None),
        (FailSafe.KEEP, False, None),
        (FailSafe.ON, False, True),
        (FailSafe.ON, True, None),
        (FailSafe.OFF, True, False),
        (FailSafe.OFF, False, None),
    ],
)
def test_without_knowing_who_is_there_what_was_chosen_is_done(
    fail_safe: FailSafe,
    is_on: bool,
    expected: bool | None,
) -> None:
    assert wanted_when_blind(plug(is_on=is_on, fail_safe=fail_safe), now=NOW) is expected
