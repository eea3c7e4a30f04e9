"""From deliveries to the log."""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import InterfaceError, OperationalError

from booking.bridge.waiting import Delivery
from machines.metering.states import Loss
from machines.metering.telegrams import read
from machines.services.log_keeping import note_lost
from machines.services.telegrams import Telegram, take

logger = logging.getLogger(__name__)

AWAY = (OperationalError, InterfaceError)
"""The database cannot be asked; nothing is wrong with what it is asked."""


def keep(deliveries: Sequence[Delivery], *, now: datetime) -> int:
    """Keep what `deliveries` say; how many events were new.

    Raises one of AWAY where the database is, with nothing kept. What cannot be kept though it is
    there, whatever is wrong with it, is logged, counted and given up: it would stand before all
    that follows, and come again after each restart.
    """
    try:
        telegrams = [found for each in deliveries if (found := _telegram(each)) is not None]
        return take(telegrams, now=now) if telegrams else 0
    except AWAY:
        raise
    except Exception:
        logger.warning("Telegrams could not be kept together", exc_info=True)
        kept = [_alone(each, now) for each in deliveries]
    note_lost(Loss.BROKEN, kept.count(None), now=now)
    return sum(number for number in kept if number is not None)


def _alone(delivery: Delivery, now: datetime) -> int | None:
    """How many events of one delivery were new; None where it could not be kept."""
    try:
        telegram = _telegram(delivery)
        return take([telegram], now=now) if telegram is not None else 0
    except AWAY:
        raise
    except Exception:
        logger.exception("A telegram on %s could not be kept", delivery.topic)
        return None


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
