"""Each web process looks now and then whether those who work behind the pages are alive.

It does so in a thread of its own: no request waits for that, nor for a mail server.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock, Thread

from django.db import close_old_connections

from notifications.heartbeats import Signs, signs_of_life
from notifications.services.alarm import raise_alarm
from notifications.states import HEARTBEAT_IS_LATE_AFTER

logger = logging.getLogger(__name__)


class Lookout:
    """What one process has seen last."""

    def __init__(self) -> None:
        self.signs: Signs | None = None
        self._guard = Lock()
        self._next_look = 0.0
        self._first_look: datetime | None = None

    def look_now_and_then(self, clock: Callable[[], datetime], *, every: timedelta) -> None:
        """Start to look, unless that was done less than `every` ago."""
        with self._guard:
            moment = time.monotonic()
            if moment < self._next_look:
                return
            self._next_look = moment + every.total_seconds()
        Thread(target=self._look, args=(clock,), daemon=True, name="lookout").start()

    def look(self, now: datetime) -> None:
        """See who is silent, and tell the administrators where that has lasted too long.

        Just after a start nobody need have been heard of yet. Raises what the database or the
        mail server raises.
        """
        self._first_look = self._first_look or now
        self.signs = signs = signs_of_life(now)
        if signs.celery_is_silent and not self._has_just_begun(now):
            raise_alarm(signs)

    @property
    def late(self) -> Signs | None:
        """What was seen where people should know of it, else None.

        Just after a start nobody need have been heard of, nor all have been sent.
        """
        signs = self.signs
        if signs is None or not signs.jobs_are_late or self._has_just_begun(signs.seen_at):
            return None
        return signs

    def _has_just_begun(self, now: datetime) -> bool:
        return now - (self._first_look or now) < HEARTBEAT_IS_LATE_AFTER

    def _look(self, clock: Callable[[], datetime]) -> None:
        try:
            self.look(clock())
        except Exception:
            logger.warning("Whether the jobs are late could not be told.", exc_info=True)
        finally:
            close_old_connections()


LOOKOUT = Lookout()
"""The one of this process."""
