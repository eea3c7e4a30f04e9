"""Which reminder rules hold where, and for whose reservations."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, Q

from booking.models import ReminderChange, ReminderRule, Reservation
from booking.reminders import Offsets, Rule, offsets_of
from booking.states import EVERYBODY, ReminderEvent, ReminderTo
from machines.models import Category
from members.models import Role
from members.permissions import staff_among
from members.states import Audience
from notifications.models import Message
from spaces.models import Space
from spaces.prepared import Prepared, given

SAID = ("event", "to", "category_id", "audience", "offset", "is_active", "ways")
"""The columns of a `Rule`."""

_RULES: Prepared[tuple[Any, ...]] = Prepared(
    lambda: (
        ReminderRule.objects.filter(
            Q(category=None) | Q(category=given("category")), space=given("space")
        )
        .order_by()
        .values_list(
            *SAID, Exists(Role.objects.filter(member=given("member"), space=given("space")))
        )
    )
)
"""The rules about a category, each with whether the holder works in the space."""


def offsets_for(row: Reservation, *events: ReminderEvent) -> dict[ReminderEvent, Offsets]:
    """How long before each of `events` the holder of `row` is reminded, in one query."""
    machine = row.machine
    found = _RULES(space=machine.space_id, category=machine.category_id, member=row.member_id)
    is_staff = any(works_here for *_said, works_here in found)
    rules = [Rule(*said) for *said, _works_here in found]
    return _offsets(row, rules, events, is_staff=is_staff)


def offsets_for_all(
    rows: Collection[Reservation], *events: ReminderEvent
) -> dict[int, dict[ReminderEvent, Offsets]]:
    """The same for each of `rows` by its id, in at most two queries."""
    rules = rules_of({row.machine.space_id for row in rows})
    staff = staff_holding(rows, (each for said in rules.values() for each in said))
    return {
        row.pk: _offsets(
            row, rules.get(row.machine.space_id, []), events, is_staff=holds_as_staff(row, staff)
        )
        for row in rows
    }


def rules_of(
    spaces: Iterable[int] | None = None, events: Collection[ReminderEvent] | None = None
) -> dict[int, list[Rule]]:
    """The rules of `spaces`, or of all, by the id of the space, in one query."""
    rows = ReminderRule.objects.all()
    if spaces is not None:
        rows = rows.filter(space__in=spaces)
    if events is not None:
        rows = rows.filter(event__in=events)
    found: dict[int, list[Rule]] = {}
    for space, *said in rows.values_list("space_id", *SAID):
        found.setdefault(space, []).append(Rule(*said))
    return found


def staff_holding(rows: Iterable[Reservation], rules: Iterable[Rule]) -> set[tuple[int, int]]:
    """Which holders of `rows` work where, as far as `rules` ask; one query, or none."""
    if all(rule.audience in (EVERYBODY, Audience.COMPANY) for rule in rules):
        return set()
    held = [(row.member_id, row.machine.space_id) for row in rows if row.member_id is not None]
    return staff_among({member for member, _space in held}, {space for _member, space in held})


def holds_as_staff(row: Reservation, staff: Collection[tuple[int, int]]) -> bool:
    """Whether the holder of `row` is among `staff`."""
    return row.member_id is not None and (row.member_id, row.machine.space_id) in staff


def audience_holding(row: Reservation, *, is_staff: bool) -> Audience:
    """Whose rules hold for `row`: those of companies, of staff, or of makers."""
    if row.company_id is not None:
        return Audience.COMPANY
    return Audience.STAFF if is_staff else Audience.MAKER


def _offsets(
    row: Reservation,
    rules: Iterable[Rule],
    events: Iterable[ReminderEvent],
    *,
    is_staff: bool,
) -> dict[ReminderEvent, Offsets]:
    member = row.member
    is_staff = is_staff or (member is not None and member.is_superuser)
    audience = audience_holding(row, is_staff=is_staff)
    category, to = row.machine.category_id, ReminderTo.HOLDER
    rules = list(rules)
    found = {
        event: offsets_of(rules, event, to, category=category, audience=audience)
        for event in events
    }
    if member is not None and member.reminder_offset is not None and ReminderEvent.START in found:
        # What members choose for themselves goes before what any space says.
        found[ReminderEvent.START] = (member.reminder_offset,)
    return found


class OffsetsTold(NamedTuple):
    """How long before the start people are reminded in one space."""

    rules: list[Rule]

    def of(self, category: Category, audience: Audience | None = None) -> Offsets:
        """The offsets of a category, for an audience or for everybody."""
        return offsets_of(
            self.rules,
            ReminderEvent.START,
            ReminderTo.HOLDER,
            category=category.pk,
            audience=audience or EVERYBODY,
        )


def offsets_told(space: Space) -> OffsetsTold:
    """What the rules of `space` say about the start, in one query."""
    return OffsetsTold(rules_of([space.pk], [ReminderEvent.START]).get(space.pk, []))


def rules_in(space: Space) -> list[ReminderRule]:
    """The rules of a space as its staff reads them: by event, the whole space first."""
    rows = ReminderRule.objects.filter(space=space).select_related("category")
    return sorted(rows, key=_in_reading_order)


def _in_reading_order(rule: ReminderRule) -> tuple[int, str, str, timedelta]:
    name = str(rule.category) if rule.category else ""
    return list(ReminderEvent).index(ReminderEvent(rule.event)), name, rule.to, -rule.offset


def is_following(space: Space) -> bool:
    """Whether the rules changed, and what is reserved has yet to follow them."""
    return ReminderChange.objects.filter(space=space).exists()


class ComingReminder(NamedTuple):
    """A message that will go out, and whom it goes to."""

    message: Message
    whom: str
    what: str


def next_reminders(space: Space, kinds: Collection[str], *, most: int) -> list[ComingReminder]:
    """The reminders of a space that are due next, in one query."""
    rows = (
        Message.objects.readable_by_staff_of(str(space.pk))
        .by_mail()
        .pending()
        .filter(kind__in=kinds)
        .select_related("recipient")
        .order_by("send_after", "pk")[:most]
    )
    return [ComingReminder(row, str(row.recipient), row.context.get("machine", "")) for row in rows]
