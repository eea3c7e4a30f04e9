"""What is to be called to mind now by the rules of a space: each query looks at a range of time.

So the jobs that ask may run late, twice or at once: what is due stays due until it is useful no
more, and only the reminder whose turn it is by then counts.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from billing.models import Contract
from booking.models import InductionPlace, Reservation
from booking.queries import ending
from booking.queries.bundles import entries_of
from booking.queries.presence import presences_of
from booking.queries.reminders import audience_holding, holds_as_staff, staff_holding
from booking.queries.terms import terms_of_reservations
from booking.queries.untold import untold
from booking.reminders import (
    Call,
    Offsets,
    Rule,
    calls_after,
    calls_before,
    calls_before_day,
    due_call,
    offsets_of,
)
from booking.states import (
    AHEAD,
    LONGEST_REMINDER_OFFSET,
    REMINDED,
    PlaceState,
    ReminderEvent,
    ReminderTo,
    ReservationKind,
    ReservationState,
)
from machines.models import Consumable, Machine
from machines.queries.stock import low_in
from members.models import Certification, Membership
from spaces.models import Space

PARTS = ("machine__space", "machine__category", "machine__room", "pool", "member", "company")

Subject = Reservation | Certification | Membership | Contract | Consumable | InductionPlace

STOCK_IS_TOLD_FOR = timedelta(days=7)
"""So long after it is due what is low is still told, where the jobs were away."""


class Due(NamedTuple):
    """Something that one side is to be reminded of now.

    `until` is when the time of who has not come is given back; `machines` need the skill.
    """

    event: ReminderEvent
    to: ReminderTo
    call: Call
    space: Space
    subject: Subject
    until: datetime | None = None
    machines: Sequence[Machine] = ()


def coming(space: Space, rules: Sequence[Rule], now: datetime) -> Iterator[Due]:
    """Reservations that will begin, for colleagues and staff; their holders are told otherwise."""
    sides = (ReminderTo.BOOKERS, ReminderTo.STAFF)
    reach = _reach(rules, ReminderEvent.START, sides)
    if not reach:
        return
    window = _confirmed(space).filter(starts_at__gt=now, starts_at__lte=now + reach)
    before = window.filter(bundle_id=OuterRef("bundle_id"), pk__lt=OuterRef("pk"))
    rows = untold(window.exclude(Exists(before)), rules, ReminderEvent.START, sides, now)
    for row, to, offsets in _told(rows, rules, ReminderEvent.START, sides):
        if call := due_call(calls_before(row.starts_at, offsets), now):
            yield Due(ReminderEvent.START, to, call, space, row)


def missed(space: Space, rules: Sequence[Rule], now: datetime) -> Iterator[Due]:
    """Reservations whose grace period runs while nobody has come (RULES, C17, C18)."""
    sides = REMINDED[ReminderEvent.CHECK_IN]
    if not any(rule.event == ReminderEvent.CHECK_IN and rule.is_active for rule in rules):
        return
    rows = list(_confirmed(space).filter(starts_at__lte=now, ends_at__gt=now))
    terms, presences = terms_of_reservations(rows), presences_of(rows)
    for row, to, offsets in _told(rows, rules, ReminderEvent.CHECK_IN, sides):
        if presences[row.pk].is_used_by(now):
            continue
        begins = presences[row.pk].grace_from
        until = min(begins + terms[row.pk].grace_period, row.ends_at)
        if call := due_call(calls_after(begins, offsets, until=until), now):
            yield Due(ReminderEvent.CHECK_IN, to, call, space, row, until=until)


def upkeep(space: Space, rules: Sequence[Rule], now: datetime) -> Iterator[Due]:
    """Planned maintenance that will begin."""
    reach = _reach(rules, ReminderEvent.MAINTENANCE, [ReminderTo.STAFF])
    if not reach:
        return
    planned = Reservation.objects.maintenance().filter(
        machine__space=space,
        event__isnull=False,
        starts_at__gt=now,
        starts_at__lte=now + reach,
    )
    rows = untold(planned, rules, ReminderEvent.MAINTENANCE, [ReminderTo.STAFF], now)
    for row in rows.select_related(*PARTS, "event"):
        offsets = offsets_of(
            rules,
            ReminderEvent.MAINTENANCE,
            ReminderTo.STAFF,
            category=row.machine.category_id,
        )
        if call := due_call(calls_before(row.starts_at, offsets), now):
            yield Due(ReminderEvent.MAINTENANCE, ReminderTo.STAFF, call, space, row)


def certifications(space: Space, rules: Sequence[Rule], now: datetime) -> Iterator[Due]:
    """Certifications that end, of people of the space who need them there."""
    event = ReminderEvent.CERTIFICATION
    reach = _reach(rules, event, REMINDED[event])
    if not reach:
        return
    needed = ending.needed_in(ending.certifications_ending(), space)
    rows = list(ending.within(needed, _today(space, now), reach))
    needing = ending.machines_needing(space) if rows else {}
    for row in rows:
        machines = needing.get(row.skill_id, [])
        for to in REMINDED[event]:
            said = {
                offset
                for category in {machine.category_id for machine in machines}
                for offset in offsets_of(rules, event, to, category=category)
            }
            if call := _due_before_day(row, tuple(said), space, now):
                yield Due(event, to, call, space, row, machines=machines)


def memberships(space: Space, rules: Sequence[Rule], now: datetime) -> Iterator[Due]:
    """Memberships of the space that end."""
    event = ReminderEvent.MEMBERSHIP
    if reach := _reach(rules, event, REMINDED[event]):
        rows = ending.memberships_ending().filter(space=space)
        yield from _ending(event, ending.within(rows, _today(space, now), reach), space, rules, now)


def contracts(space: Space, rules: Sequence[Rule], now: datetime) -> Iterator[Due]:
    """Contracts with the space that end."""
    event = ReminderEvent.CONTRACT
    if reach := _reach(rules, event, REMINDED[event]):
        rows = ending.contracts_ending().filter(space=space)
        yield from _ending(event, ending.within(rows, _today(space, now), reach), space, rules, now)


def stock(space: Space, rules: Sequence[Rule], now: datetime) -> Iterator[Due]:
    """What is low; told however long ago that began, as a minimum may be set later."""
    event, to = ReminderEvent.STOCK, ReminderTo.STAFF
    offsets = offsets_of(rules, event, to)
    if not offsets:
        return
    for item in low_in(space):
        if item.low_since is None:
            continue
        until = now + STOCK_IS_TOLD_FOR
        if call := due_call(calls_after(item.low_since, offsets, until=until), now):
            yield Due(event, to, call, space, item)


def inductions(space: Space, rules: Sequence[Rule], now: datetime) -> Iterator[Due]:
    """Inductions that will begin, for who has had a seat in them since before it is due."""
    event, to = ReminderEvent.INDUCTION, ReminderTo.HOLDER
    said = offsets_of(rules, event, to)
    seats = InductionPlace.objects.filter(
        state=PlaceState.SEATED,
        induction__space=space,
        induction__state__in=AHEAD,
        induction__starts_at__gt=now,
        induction__starts_at__lte=now + LONGEST_REMINDER_OFFSET,
    )
    for place in seats.select_related("induction__space", "induction__skill", "member"):
        chosen = place.member.reminder_offset
        # What members choose for themselves goes before what any space says.
        offsets = said if chosen is None else (chosen,)
        call = due_call(calls_before(place.induction.starts_at, offsets), now)
        if call and (place.seated_at or place.joined_at) <= call.due_at:
            yield Due(event, to, call, space, place)


SOURCES: dict[ReminderEvent, Callable[[Space, Sequence[Rule], datetime], Iterator[Due]]] = {
    ReminderEvent.START: coming,
    ReminderEvent.CHECK_IN: missed,
    ReminderEvent.MAINTENANCE: upkeep,
    ReminderEvent.CERTIFICATION: certifications,
    ReminderEvent.MEMBERSHIP: memberships,
    ReminderEvent.CONTRACT: contracts,
    ReminderEvent.STOCK: stock,
    ReminderEvent.INDUCTION: inductions,
}
"""Who knows what is due; the reminders of START and END to holders are written beforehand."""


def _ending(
    event: ReminderEvent,
    rows: Iterable[Membership | Contract],
    space: Space,
    rules: Sequence[Rule],
    now: datetime,
) -> Iterator[Due]:
    for row in rows:
        for to in REMINDED[event]:
            if call := _due_before_day(row, offsets_of(rules, event, to), space, now):
                yield Due(event, to, call, space, row)


def _today(space: Space, now: datetime) -> date:
    return now.astimezone(space.zone).date()


def _due_before_day(
    row: Certification | Membership | Contract, offsets: Offsets, space: Space, now: datetime
) -> Call | None:
    """What is due of something that ends; who got it within the offset knows its last day."""
    if row.end_date is None:
        return None
    call = due_call(calls_before_day(row.end_date, offsets, space.zone), now)
    if call is None or row.start_date > call.due_at.astimezone(space.zone).date():
        return None
    return call


def _confirmed(space: Space) -> QuerySet[Reservation]:
    rows = Reservation.objects.filter(
        machine__space=space, kind=ReservationKind.BOOKING, state=ReservationState.CONFIRMED
    )
    return rows.select_related(*PARTS).order_by("starts_at", "pk")


def _told(
    rows: Iterable[Reservation],
    rules: Sequence[Rule],
    event: ReminderEvent,
    sides: Iterable[ReminderTo],
) -> Iterator[tuple[Reservation, ReminderTo, Offsets]]:
    """Each reservation and each side that is told of it, with the offsets that hold for it."""
    rows = [entry.first for entry in entries_of(rows)]
    staff = staff_holding(rows, rules)
    for row in rows:
        audience = audience_holding(row, is_staff=holds_as_staff(row, staff))
        for to in sides:
            if to == ReminderTo.BOOKERS and row.company_id is None:
                continue
            category = row.machine.category_id
            yield row, to, offsets_of(rules, event, to, category=category, audience=audience)


def _reach(rules: Iterable[Rule], event: ReminderEvent, sides: Collection[str]) -> timedelta:
    """How far ahead the rules look; nothing where none speaks."""
    said = [rule.offset for rule in rules if rule.event == event and rule.to in sides]
    return max(said, default=timedelta(0))
