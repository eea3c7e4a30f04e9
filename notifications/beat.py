"""Beat with a sign of life of its own: a silent beat and a silent worker can be told apart."""

import logging
from datetime import datetime, timedelta
from typing import Any

from celery.beat import PersistentScheduler
from django.db import Error, close_old_connections
from django.utils import timezone

from notifications.heartbeats import BEAT, beat

logger = logging.getLogger(__name__)

EVERY = timedelta(minutes=1)


class HeartbeatScheduler(PersistentScheduler):
    """The scheduler of Celery, which also writes its heartbeat into the database."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.last_beat_at: datetime | None = None
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        """Send what is due and beat once a minute; without a database beat goes on."""
        wait = super().tick(*args, **kwargs)
        now = timezone.now()
        if self.last_beat_at is None or now - self.last_beat_at >= EVERY:
            self.last_beat_at = now
            try:
                beat(name=BEAT, now=now)
            except Error:
                logger.warning("The heartbeat of beat could not be written.", exc_info=True)
            close_old_connections()
        return min(wait, EVERY.total_seconds())
