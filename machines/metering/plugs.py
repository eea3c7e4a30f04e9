"""When a plug is switched: on for whoever works there, never off under a running cut. Pure."""

from datetime import datetime, timedelta
from typing import NamedTuple

from machines.metering.states import FailSafe


class Plug(NamedTuple):
    """What is known of a plug; None where it is not known."""

    is_on: bool | None
    power_at: datetime | None
    idle_since: datetime | None
    """Since when its power has been below the threshold; None while it works."""

    stop_after: timedelta
    silence: timedelta
    fail_safe: FailSafe


def wanted(plug: Plug, *, is_needed: bool, now: datetime) -> bool | None:
    """Whether to switch it on or off now; None to leave it as it is."""
    if is_needed:
        return None if plug.is_on else True
    if plug.is_on is False or not rests(plug, now):
        return None
    return False


def wanted_when_blind(plug: Plug, *, now: datetime) -> bool | None:
    """The same while nobody can tell who is checked in: what was chosen for this machine."""
    if plug.fail_safe == FailSafe.KEEP:
        return None
    return wanted(plug, is_needed=plug.fail_safe == FailSafe.ON, now=now)


def rests(plug: Plug, now: datetime) -> bool:
    """Whether the machine surely does nothing: fresh readings, all low, for long enough.

    Where the power is not known it may be in the middle of a cut.
    """
    if plug.power_at is None or now - plug.power_at > plug.silence:
        return False
    return plug.idle_since is not None and plug.power_at - plug.idle_since >= plug.stop_after
