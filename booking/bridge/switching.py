"""Telling plugs what to do: on for whoever has checked in, off once nobody works there."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from booking.queries.plugs import PlugNeeded, plugs
from machines.metering.plugs import wanted, wanted_when_blind
from machines.metering.states import Dialect
from machines.metering.telegrams import command

Send = Callable[[str, str], object]

SAID_AGAIN_AFTER = timedelta(seconds=30)
"""A plug that did not do what it was told is told again."""


@dataclass
class Switchboard:
    """What was last known of the plugs, and what they were told."""

    send: Send
    known: list[PlugNeeded] = field(default_factory=list)
    told: dict[int, tuple[bool, datetime]] = field(default_factory=dict)

    def switch(self, now: datetime) -> None:
        """Read who has checked in where, and switch what must be."""
        self.known = plugs()
        for each in self.known:
            self._tell(each, wanted(each.device.plug, is_needed=each.is_needed, now=now), now)

    def fall_back(self, now: datetime) -> None:
        """Do what was chosen for the time in which nobody can tell who has checked in."""
        for each in self.known:
            self._tell(each, wanted_when_blind(each.device.plug, now=now), now)

    def _tell(self, plug: PlugNeeded, on: bool | None, now: datetime) -> None:  # noqa: FBT001
        device = plug.device
        if on is None:
            self.told.pop(device.pk, None)
            return
        was, at = self.told.get(device.pk, (None, now))
        if was == on and now - at < SAID_AGAIN_AFTER:
            return
        self.send(*command(Dialect(device.dialect), device.topic, on=on))
        self.told[device.pk] = (on, now)
