"""Calling the worker to offer freed time at once; a call that is lost is made up for by the next.

The rows are the truth: without Redis the job of the minute does the same.
"""

import logging
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from booking.models import WaitlistEntry
from booking.states import WishState

logger = logging.getLogger(__name__)

OFFER_FREED = "booking.tasks.offer_freed"


def time_was_freed(space_id: int) -> None:
    """Once this transaction is kept, have freed time in the space offered to who waits for it."""
    transaction.on_commit(partial(_call, space_id), robust=True)


def _call(space_id: int) -> None:
    if not WaitlistEntry.objects.filter(space=space_id, state=WishState.WAITING).exists():
        return
    try:
        current_app.send_task(OFFER_FREED)
    except OperationalError:
        logger.warning("The worker could not be called; the job of the minute will offer the time.")
