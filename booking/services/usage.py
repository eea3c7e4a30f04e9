"""What check-out, the jobs that settle forgotten things and the meters have in common."""

from collections.abc import Collection
from datetime import datetime

from booking.models import UsageSession
from booking.queries.terms import terms_of_reservation
from booking.services.changing import touch_days
from booking.states import ReservationState, SessionSource
from machines.models import Machine
from machines.services.usage_events import mark_metered
from spaces.intervals import Interval


def close(session: UsageSession, *, ended_at: datetime, is_assumed: bool) -> None:
    """End `session` under the lock of its machine, and complete its reservation."""
    session.ended_at = max(ended_at, session.started_at)
    session.end_is_assumed = is_assumed
    session.save(update_fields=["ended_at", "end_is_assumed"])
    moments = [session.started_at, session.ended_at]
    row = session.reservation
    if row is not None and row.state == ReservationState.IN_USE:
        moments += [row.occupied_from, row.occupied_until]
        turnaround = terms_of_reservation(row).turnaround
        freed_at = min(row.occupied_until, session.ended_at + turnaround)
        row.occupied_until = max(row.occupied_from, freed_at)
        row.state = ReservationState.COMPLETED
        row.save(update_fields=["occupied_until", "state"])
    touch_days(session.machine, *moments)
    # What ran on after an end that is told late was nobody's use.
    mark_metered(session.machine_id, session.ended_at)


def make_way(machine: Machine, span: Interval) -> None:
    """Take away what only the meter says of `span`: somebody is about to tell who it was.

    What of it nobody tells is written again from the log. The machine is locked by the caller.
    """
    metered = UsageSession.objects.filter(machine=machine).by_meter_alone()
    rows = list(metered.touching(span.start, span.end))
    since = min([span.start, *(row.started_at for row in rows)])
    for row in rows:
        touch_days(machine, row.started_at, row.ended_at or row.started_at)
        row.delete()
    mark_metered(machine.pk, since)


def replace_metered(*, machine: Machine, since: datetime, spans: Collection[Interval]) -> None:
    """Have the sessions that only the meter tells of, from `since` on, be just `spans`."""
    metered = UsageSession.objects.filter(machine=machine).by_meter_alone()
    kept: set[Interval] = set()
    for row in metered.filter(ended_at__gt=since):
        span = Interval(row.started_at, row.ended_at or row.started_at)
        if span in spans:
            kept.add(span)
            continue
        touch_days(machine, span.start, span.end)
        row.delete()
    for span in spans:
        if span not in kept:
            UsageSession.objects.create(
                machine=machine,
                started_at=span.start,
                ended_at=span.end,
                source=SessionSource.METER,
            )
            touch_days(machine, span.start, span.end)


def prove_end(session: UsageSession, *, assumed: datetime, proven: datetime | None) -> None:
    """Put what the meter says of the end of `session` in the place of what a job assumed.

    Where the meter says nothing, what was assumed holds again.
    """
    ended_at = assumed if proven is None else proven
    is_assumed = proven is None
    if (session.ended_at, session.end_is_assumed) == (ended_at, is_assumed):
        return
    touch_days(session.machine, session.ended_at or assumed, ended_at)
    session.ended_at, session.end_is_assumed = ended_at, is_assumed
    session.assumed_end_at = None if is_assumed else assumed
    session.save(update_fields=["ended_at", "end_is_assumed", "assumed_end_at"])
