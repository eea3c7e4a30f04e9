"""The first free time that a wish is looking for, and that its member may have by every rule."""

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from booking.facts import BookingRequest
from booking.models import WaitlistEntry
from booking.queries.slots import Slot, first_slots, free_machines
from booking.queries.waitlist import own_times, units_wanted
from booking.services.placing import Claim, judge
from booking.services.verdict import Verdict
from machines.models import Machine
from machines.models.machine import MachineQuerySet
from members.permissions import audience_of
from members.states import Audience
from spaces.intervals import Interval, local_day

MOST_UNITS = 50
"""Of how many machines at a time the first free time is judged."""


class Match(NamedTuple):
    """Time that can be offered: where, when, and on what terms."""

    machine: Machine
    request: BookingRequest
    verdict: Verdict


def claim_of(wish: WaitlistEntry) -> Claim:
    """In whose name the time of `wish` is asked for; nobody is let off a rule by waiting."""
    return Claim(
        member=wish.member, by=wish.member, company=wish.company, purpose=wish.purpose
    )  # fmt: skip


def first_match(
    wish: WaitlistEntry, *, now: datetime, within: Collection[int] | None = None
) -> Match | None:
    """The earliest time for `wish`, on the machines `within` where these are named."""
    units = units_wanted(wish)
    if within is not None:
        units = units.filter(pk__in=within)
    own = own_times(wish.member, Interval(wish.earliest_at, wish.latest_at), now=now)
    for slot in _slots(wish, units, own, now=now):
        match = _judged(wish, slot, own, now=now)
        if match is not None:
            return match
    return None


def _judged(wish: WaitlistEntry, slot: Slot, own: list[Interval], *, now: datetime) -> Match | None:
    """`slot` as a match; None where it is too soon, or not for this member (RULES, C32)."""
    span = slot.interval
    if span.start <= now or span.start - now < wish.notice:
        return None
    if any(span.overlaps(other) for other in own):
        return None
    request = BookingRequest(starts_at=span.start, ends_at=span.end)
    verdict = judge(claim_of(wish), machine=slot.machine, request=request, now=now)
    if verdict.refusals or now + verdict.terms.offer_hold <= now:
        return None
    return Match(slot.machine, request, verdict)


def _slots(
    wish: WaitlistEntry, units: MachineQuerySet, own: list[Interval], *, now: datetime
) -> Iterator[Slot]:
    """Free times to be judged, earliest first."""
    window = Interval(wish.earliest_at, wish.latest_at)
    if wish.duration == window.duration:
        yield from _exact(wish, units, window, now=now)
    else:
        yield from _earliest(wish, units, own, now=now)


def _exact(
    wish: WaitlistEntry, units: MachineQuerySet, window: Interval, *, now: datetime
) -> Iterator[Slot]:
    """The window itself, on each unit that is free for all of it."""
    free = free_machines(
        machines=units, span_in=partial(_in_any_zone, window), audience=_audience(wish), now=now
    )
    for machine in units.filter(pk__in=free).order_by("pk"):
        yield Slot(machine, window)


def _earliest(
    wish: WaitlistEntry, units: MachineQuerySet, own: list[Interval], *, now: datetime
) -> Iterator[Slot]:
    """The first free times on the grid, and after those that do not serve, the next ones."""
    start, audience = max(wish.earliest_at, now + wish.notice), _audience(wish)
    while start + wish.duration <= wish.latest_at:
        rest = Interval(start, wish.latest_at)
        page = first_slots(
            machines=units,
            length=wish.duration,
            window_in=partial(_in_any_zone, rest),
            audience=audience,
            now=now,
            limit=MOST_UNITS,
        )
        # Where a policy asks for more than was wished for, there is nothing to offer.
        slots = [each for each in page.slots if each.interval.duration == wish.duration]
        if not slots:
            return
        yield from slots
        start = min(_next_start(each, own) for each in slots)


def _audience(wish: WaitlistEntry) -> Audience:
    return audience_of(member=wish.member, company=wish.company, space=wish.space)


def _in_any_zone(span: Interval, _zone: ZoneInfo) -> Interval:
    return span


def _next_start(slot: Slot, own: list[Interval]) -> datetime:
    """From when on to look where `slot` does not serve: most rules count by the day."""
    ends = [other.end for other in own if other.overlaps(slot.interval)]
    if ends:
        return max(ends)
    zone = slot.machine.space.zone
    return local_day(slot.interval.start.astimezone(zone).date(), zone).end
