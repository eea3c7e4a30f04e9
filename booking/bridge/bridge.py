"""The bridge at work: keep, acknowledge, switch, and hold out where a part is away."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import close_old_connections

from booking.bridge.keeping import AWAY, keep
from booking.bridge.link import Link
from booking.bridge.switching import Switchboard
from booking.bridge.waiting import Delivery
from machines.metering.states import Loss
from machines.services.log_keeping import note_lost
from notifications.heartbeats import BRIDGE, beat

logger = logging.getLogger(__name__)

SWITCHED_EVERY = timedelta(seconds=1)
HEARD_EVERY = timedelta(seconds=20)
BLIND_AFTER = timedelta(seconds=60)
"""How long the database may be away before plugs fall back to what was chosen for them."""

PAUSE = 1.0
"""Seconds between two tries while the database is away."""


@dataclass
class Bridge:
    """Keeps what comes over `link` until it is told to stop."""

    link: Link
    clock: Callable[[], datetime]

    def __post_init__(self) -> None:
        self.board = Switchboard(send=self.link.publish)
        self.stopping = threading.Event()
        self._seen_database_at = self.clock()
        self._switched_at = self._beat_at = self.clock() - HEARD_EVERY

    def run(self) -> None:
        """Work until `stopping` is set; then leave the plugs as was chosen for them."""
        self.link.open()
        try:
            while not self.stopping.is_set():
                self._keep(self.link.next(within=PAUSE / 4))
                self._look_after()
        finally:
            if self.link.is_up.is_set():
                self.board.fall_back(self.clock())
            self.link.close()

    def _keep(self, batch: Sequence[Delivery]) -> None:
        """Keep `batch`, however often that must be tried, then let the broker forget it."""
        while batch and not self.stopping.is_set():
            try:
                keep(batch, now=self.clock())
            except AWAY as error:
                self._hold_out(error)
                continue
            self._seen_database_at = self.clock()
            self.link.acknowledge(batch)
            return

    def _look_after(self) -> None:
        """Switch plugs and give a sign of life, each in its time."""
        now = self.clock()
        if now - self._switched_at < SWITCHED_EVERY:
            return
        self._switched_at = now
        try:
            self.board.switch(now)
            note_lost(Loss.WAITING, self.link.take_lost(), now=now)
            if self.link.is_up.is_set() and now - self._beat_at >= HEARD_EVERY:
                beat(name=BRIDGE, now=now)
                self._beat_at = now
        except AWAY as error:
            self._hold_out(error)
        else:
            self._seen_database_at = now

    def _hold_out(self, error: Exception) -> None:
        """Wait for the database; once that lasts, plugs do what was chosen for them."""
        logger.warning("The database is away: %s", error)
        close_old_connections()
        now = self.clock()
        if now - self._seen_database_at >= BLIND_AFTER:
            self.board.fall_back(now)
        self.stopping.wait(PAUSE)
