"""What staff do about a fault beside judging and mending it, and who hears of it."""

from datetime import datetime

from django.db import transaction

from booking import notices
from booking.services.locking import in_transaction
from booking.services.spreading import hold_units
from booking.services.taking import refuse_strangers
from machines.models import Fault, FaultEntry
from machines.queries.dependencies import stopped_with
from machines.services import faults
from machines.services.faults import Photos
from members.models import Member


@transaction.atomic
def assign(*, fault: Fault, to: Member | None, by: Member, now: datetime) -> Fault:
    """Have somebody of the staff look after a fault, or nobody, and tell them; or FaultClosed."""
    space = fault.machine.space
    for person in filter(None, (by, to)):
        refuse_strangers(person, space)
    before = fault.assigned_to_id
    kept = faults.assign(fault=fault, to=to, by=by, now=now)
    if kept.assigned_to_id != before:
        notices.fault_assigned(kept, by=by, now=now)
    return kept


@transaction.atomic
def comment(
    *, fault: Fault, text: str, is_shared: bool, by: Member, now: datetime, photos: Photos = ()
) -> FaultEntry:
    """Add a word to a fault; who reported it is told what is shared with them."""
    refuse_strangers(by, fault.machine.space)
    entry = faults.comment(
        fault=fault, text=text, is_shared=is_shared, by=by, now=now, photos=photos
    )
    notices.fault_news(fault, by=by, now=now)
    return entry


def close_as_duplicate(*, fault: Fault, original: Fault, by: Member, now: datetime) -> Fault:
    """Close `fault` as the same as `original`; its reporter is told how that one goes on.

    Raises FaultClosed and NotTheSame.
    """
    refuse_strangers(by, fault.machine.space)

    def work() -> Fault:
        hold_units(stopped_with(fault.machine))
        kept = faults.mark_duplicate(fault=fault, original=original, by=by, now=now)
        notices.fault_news(kept, by=by, now=now)
        return kept

    return in_transaction(work)
