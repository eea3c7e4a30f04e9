"""What is forgotten: power readings that no event can give another meaning, and what was lost."""

import logging
from datetime import UTC, datetime

from django.db.models import F

from machines.metering.states import POWER_KEPT, EventKind, Loss
from machines.models import DeviceEvent, HeardTopic, Lost

logger = logging.getLogger(__name__)


def forget_old_readings(*, now: datetime) -> int:
    """Delete readings of power older than POWER_KEPT, whose runs stay; how many.

    Jobs and counters are kept for good: they are few.
    """
    HeardTopic.objects.filter(last_at__lt=now - POWER_KEPT).delete()
    Lost.objects.filter(day__lt=(now - POWER_KEPT).date()).delete()
    old = DeviceEvent.objects.filter(kind=EventKind.POWER, received_at__lt=now - POWER_KEPT)
    deleted, _by_model = old.delete()
    return deleted


def note_lost(what: Loss, count: int, *, now: datetime) -> None:
    """Add to what was not kept today, and say so in the log of the program."""
    if count <= 0:
        return
    logger.warning("Not kept of what came over the broker: %s %s", count, what)
    day = now.astimezone(UTC).date()
    row, is_new = Lost.objects.get_or_create(what=what, day=day, defaults={"count": count})
    if not is_new:
        Lost.objects.filter(pk=row.pk).update(count=F("count") + count)
