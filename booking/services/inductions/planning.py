"""Planning an induction, with the machines it takes, and calling it off."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from booking import notices
from booking.models import Induction
from booking.queries.displacing import Taking
from booking.rules import not_allowed
from booking.services.blocking import block, give_back
from booking.services.displacing import displace
from booking.services.locking import in_transaction
from booking.services.refusing import refuse
from booking.services.taking import refuse_strangers
from booking.states import AHEAD, InductionState, ReservationKind
from machines.models import Machine
from members.models import Member
from spaces.intervals import Interval


def induction_taking(machines: Sequence[Machine], span: Interval) -> Taking:
    """What an induction takes: its machines, from whoever has reserved them."""
    return Taking(machines=tuple(machines), spans=(span,), counts_buffers=True, may_stay=False)


def plan(
    induction: Induction,
    *,
    machines: Sequence[Machine],
    choices: Mapping[int, str],
    by: Member,
    now: datetime,
) -> Induction:
    """Offer a new `induction`, hold its machines, and displace what has reserved them.

    Raises Outdated, TimeTaken where something stands in the way that is not displaced, and
    BookingRefused for people who do not work for the space.
    """
    refuse_strangers(by, induction.space)
    with override(next(iter(induction.space.languages), None)):
        purpose = str(induction.skill)

    def then() -> Induction:
        if machines:
            rows = block(
                machines=machines,
                kind=ReservationKind.WORKSHOP,
                span=induction.span,
                by=by,
                now=now,
                purpose=purpose,
            )
            induction.bundle_id = rows[0].bundle_id
        induction.created_by, induction.created_at = by, now
        induction.save()
        return induction

    if not machines:
        return in_transaction(then)
    return displace(
        taking=induction_taking(machines, induction.span),
        choices=choices,
        reason=purpose,
        by=by,
        now=now,
        then=then,
    )


def call_off(*, induction: Induction, reason: str, by: Member, now: datetime) -> Induction:
    """Cancel an induction, give its machines back, and tell everybody who wanted to come.

    Raises BookingRefused for people who do not work for the space, and once it is over.
    """
    refuse_strangers(by, induction.space)

    def work() -> Induction:
        row = locked(induction)
        if row.state not in AHEAD:
            refuse([not_allowed(_("This induction is over or cancelled already."))])
        cancel_locked(row, reason=reason, by=by, now=now)
        return row

    return in_transaction(work)


def locked(induction: Induction) -> Induction:
    """The induction as it is now: whoever changes it or its places waits here first."""
    rows = Induction.objects.select_for_update(of=("self",))
    return rows.select_related("space", "skill").get(pk=induction.pk)


def cancel_locked(row: Induction, *, reason: str, by: Member | None, now: datetime) -> None:
    """Cancel a locked induction; without `by` the job does, where too few people asked."""
    row.state = InductionState.CANCELLED
    row.cancelled_at, row.cancelled_by, row.cancel_reason = now, by, reason
    row.save(update_fields=["state", "cancelled_at", "cancelled_by", "cancel_reason"])
    if row.bundle_id is not None:
        give_back(bundle_id=row.bundle_id, by=by, now=now)
    notices.induction_cancelled(row, now=now)
