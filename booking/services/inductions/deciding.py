"""The job that decides whether inductions take place.

It looks at what is due by now, so it may run late, twice or at once: each induction is decided
about once, and one that has begun takes place whoever came.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from booking import notices
from booking.models import Induction, Reservation
from booking.queries.inductions import is_taught_on_the_rest, lost_by
from booking.services.inductions.planning import cancel_locked, locked
from booking.services.locking import in_transaction
from booking.states import AHEAD, OCCUPYING, InductionState, PlaceState
from machines.models import Machine

logger = logging.getLogger(__name__)


def decide(now: datetime) -> int:
    """Confirm or cancel what is due, and see to what lost machines; how many changed."""
    blocks = Reservation.objects.filter(bundle_id=OuterRef("bundle_id"))
    lost_machines = Q(bundle_id__isnull=False, starts_at__gt=now) & Q(
        Exists(blocks.exclude(state__in=OCCUPYING))
    )
    due = Induction.objects.ahead().filter(
        Q(state=InductionState.PLANNED, decide_at__lte=now) | lost_machines
    )
    return sum(_logged(each, now) for each in due.order_by("starts_at", "pk"))


def _logged(induction: Induction, now: datetime) -> int:
    """Decide about one; what goes wrong with it keeps no other from being decided about."""
    try:
        return in_transaction(partial(_decide, induction, now))
    except Exception:
        logger.exception("Induction %s could not be decided about", induction.pk)
        return 0


def _decide(induction: Induction, now: datetime) -> int:
    row = locked(induction)
    if row.state not in AHEAD:
        return 0
    is_ahead = now < row.starts_at
    changed = 0
    if is_ahead and row.bundle_id is not None and (lost := lost_by(row)):
        if not is_taught_on_the_rest(row):
            with override(next(iter(row.space.languages), None)):
                reason = _("The machines are not free.")
            cancel_locked(row, reason=reason, by=None, now=now)
            return 1
        changed = _go_on_without(row, lost, now)
    if row.state != InductionState.PLANNED or now < row.decide_at:
        return changed
    if is_ahead and row.places.filter(state=PlaceState.SEATED).count() < row.minimum:
        cancel_locked(row, reason="", by=None, now=now)
        return 1
    row.state = InductionState.CONFIRMED
    row.save(update_fields=["state"])
    return 1


def _go_on_without(row: Induction, lost: Sequence[Machine], now: datetime) -> int:
    """Tell those who come, and the staff, which machine is missing now; each machine once."""
    new = [machine for machine in lost if machine.pk not in row.without]
    if not new:
        return 0
    row.without = sorted({*row.without, *(machine.pk for machine in new)})
    row.save(update_fields=["without"])
    notices.induction_changed(row, without=new, now=now)
    return 1
