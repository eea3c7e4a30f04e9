"""Setting reminder rules, having what is reserved follow them, and reminding of what is due.

Both jobs look at ranges, never at one minute, so they may run late, twice, or at once.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction

from booking import notices
from booking.models import ReminderChange, ReminderRule, Reservation
from booking.queries.calling import SOURCES
from booking.queries.reminders import rules_of
from booking.services.changing import PARTS
from booking.services.locking import in_transaction
from booking.states import ReminderEvent, ReservationKind, ReservationState
from spaces.models import Space

BATCH = 200
"""Reservations brought in line in one transaction: their rows are held that long."""

BATCHES_AT_ONCE = 50
"""After so many the job leaves the worker to others, and goes on a minute later."""

SETTLING = timedelta(seconds=10)
"""How long a request may take: one that read the old rules has by then written what it wrote."""


@transaction.atomic
def save_rule(*, rule: ReminderRule, now: datetime) -> ReminderRule:
    """Keep `rule`; what is reserved already follows within minutes."""
    rule.save()
    _mark(rule.space, now)
    return rule


@transaction.atomic
def remove_rule(*, rule: ReminderRule, now: datetime) -> None:
    """Forget `rule`: what others say holds, or the default; what is reserved follows."""
    rule.delete()
    _mark(rule.space, now)


def follow_rules(now: datetime) -> int:
    """Bring the reminders of what is reserved in line with rules that changed; how many rows.

    A killed worker leaves its batch as it was, and the next one goes on from there.
    """
    done = 0
    for _number in range(BATCHES_AT_ONCE):
        rows = in_transaction(lambda: _follow_some(now))
        if rows is None:
            break
        done += rows
    return done


def remind(now: datetime, events: Collection[ReminderEvent]) -> int:
    """Post what the rules of all spaces call to mind of `events` at `now`; how many messages.

    Where a space has no rules of an event the default holds, which most sources know to be none.
    """
    rules = rules_of(events=events)
    posted = 0
    for space in Space.objects.order_by("pk"):
        said = rules.get(space.pk, [])
        dues = [
            due for event in SOURCES if event in events for due in SOURCES[event](space, said, now)
        ]
        if dues:
            posted += notices.call_to_mind(dues, now=now)
    return posted


def _mark(space: Space, now: datetime) -> None:
    """Remember that the rules of `space` changed; the job begins anew where it had begun."""
    ReminderChange.objects.update_or_create(
        space=space, defaults={"changed_at": now, "done_up_to": 0}
    )


def _follow_some(now: datetime) -> int | None:
    """Take on the next reservations of a space whose rules changed; None where there is none."""
    changes = ReminderChange.objects.select_for_update(skip_locked=True)
    change = changes.filter(changed_at__lte=now - SETTLING).order_by("changed_at").first()
    if change is None:
        return None
    rows = list(
        Reservation.objects.select_for_update(of=("self",))
        .select_related(*PARTS)
        .filter(
            machine__space=change.space_id,
            kind=ReservationKind.BOOKING,
            state__in=(ReservationState.CONFIRMED, ReservationState.IN_USE),
            ends_at__gt=now,
            pk__gt=change.done_up_to,
        )
        .order_by("pk")[:BATCH]
    )
    if not rows:
        change.delete()
        return 0
    notices.keep_reminders_of_all(rows, now=now)
    change.done_up_to = rows[-1].pk
    change.save(update_fields=["done_up_to"])
    return len(rows)
