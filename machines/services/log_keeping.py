"""Forgetting power readings that no event can give another meaning any more."""

from datetime import datetime

from machines.metering.states import POWER_KEPT, EventKind
from machines.models import DeviceEvent, HeardTopic


def forget_old_readings(*, now: datetime) -> int:
    """Delete readings of power older than POWER_KEPT, whose runs stay; how many.

    Jobs and counters are kept for good: they are few.
    """
    HeardTopic.objects.filter(last_at__lt=now - POWER_KEPT).delete()
    old = DeviceEvent.objects.filter(kind=EventKind.POWER, received_at__lt=now - POWER_KEPT)
    deleted, _by_model = old.delete()
    return deleted
