"""From deliveries to the log."""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import Error, InterfaceError, OperationalError

from booking.bridge.link import Delivery
from machines.metering.telegrams import read
from machines.services.telegrams import Telegram, take

logger = logging.getLogger(__name__)

AWAY = (OperationalError, InterfaceError)
"""The database cannot be asked; nothing is wrong with what it is asked."""


def keep(deliveries: Sequence[Delivery], *, now: datetime) -> int:
    """Keep what `deliveries` say; how many events were new.

    Raises one of AWAY where the database is, with nothing kept. What cannot be kept though it is
    there is logged and given up, so that it does not stand before all that follows.
    """
    telegrams = [found for each in deliveries if (found := _telegram(each)) is not None]
    if not telegrams:
        return 0
    try:
        return take(telegrams, now=now)
    except AWAY:
        raise
    except Error:
        return sum(_alone(each, now) for each in telegrams)


def _alone(telegram: Telegram, now: datetime) -> int:
    try:
        return take([telegram], now=now)
    except AWAY:
        raise
    except Error:
        logger.exception("A telegram of %s could not be kept", telegram.heard.name)
        return 0


def _telegram(delivery: Delivery) -> Telegram | None:
    heard = read(delivery.topic, delivery.payload)
    if heard is None:
        return None
    # What the broker kept for newcomers was said at a time that nobody knows.
    if delivery.is_retained and heard.at is None and heard.wall is None:
        return None
    return Telegram(
        heard=heard,
        content=delivery.topic.encode() + b"\0" + delivery.payload,
        delivery=delivery.number,
        is_repeated=delivery.is_repeated,
        received_at=delivery.received_at,
    )
