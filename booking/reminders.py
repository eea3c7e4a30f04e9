"""Which reminders hold for whom, when each of them is due, and until when it is useful."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from booking.states import (
    DEFAULT_REMINDER_OFFSET,
    EVERYBODY,
    REMINDERS_LEAVE_AT,
    ReminderEvent,
    ReminderTo,
)
from notifications.states import Ways
from spaces.intervals import local_day, moment_of

Offsets = tuple[timedelta, ...]
"""How long before or after something people are reminded of it, the longest first."""

DEFAULTS: dict[tuple[ReminderEvent, ReminderTo], Offsets] = {
    (ReminderEvent.START, ReminderTo.HOLDER): (DEFAULT_REMINDER_OFFSET,),
    # Whoever sets a minimum wants to hear of it.
    (ReminderEvent.STOCK, ReminderTo.STAFF): (timedelta(0),),
    (ReminderEvent.INDUCTION, ReminderTo.HOLDER): (DEFAULT_REMINDER_OFFSET,),
}
"""What holds where no rule speaks."""


class Rule(NamedTuple):
    """What one rule of a space says; without a category it is about the whole space."""

    event: str
    to: str
    category: int | None
    audience: str
    offset: timedelta
    is_active: bool
    ways: str = Ways.EVERY


class Call(NamedTuple):
    """One reminder: which offset it is for, from when on it is due, until when it is useful."""

    offset: timedelta
    due_at: datetime
    until: datetime


def offsets_of(
    rules: Iterable[Rule],
    event: ReminderEvent,
    to: ReminderTo,
    *,
    category: int | None = None,
    audience: str = EVERYBODY,
) -> Offsets:
    """The offsets that hold: those of the nearest rules that speak, or else the default.

    What is said of a category goes before what is said of the space, and what is said to an
    audience before what is said to everybody. A rule that is switched off speaks too, and says
    that there is no reminder: the default does not come back in its place.
    """
    nearest = nearest_of(rules, event, to, category=category, audience=audience)
    if not nearest:
        return DEFAULTS.get((event, to), ())
    return tuple(sorted({rule.offset for rule in nearest if rule.is_active}, reverse=True))


def nearest_of(
    rules: Iterable[Rule],
    event: ReminderEvent,
    to: ReminderTo,
    *,
    category: int | None,
    audience: str,
) -> list[Rule]:
    """The rules that hold, those that are switched off included."""
    speaking = [
        rule
        for rule in rules
        if (rule.event, rule.to) == (event, to)
        and rule.category in (None, category)
        and rule.audience in (EVERYBODY, audience)
    ]
    nearest = max(map(_nearness, speaking), default=None)
    return [rule for rule in speaking if _nearness(rule) == nearest]


def ways_in(rules: Iterable[Rule], offset: timedelta) -> Ways:
    """By which ways the reminder goes that `rules` ask for so long before; every way in doubt."""
    said = {Ways(rule.ways) for rule in rules if rule.is_active and rule.offset == offset}
    return said.pop() if len(said) == 1 else Ways.EVERY


def calls_before(moment: datetime, offsets: Offsets) -> list[Call]:
    """The reminders of what is at `moment`, in real elapsed time (RULES, C4)."""
    moment = moment.astimezone(UTC)
    return _in_turn([(moment - offset, offset) for offset in offsets], moment)


def calls_after(moment: datetime, offsets: Offsets, *, until: datetime) -> list[Call]:
    """The reminders of what was to be at `moment`, and can be made up for until `until`."""
    moment = moment.astimezone(UTC)
    return _in_turn([(moment + offset, offset) for offset in offsets], until.astimezone(UTC))


def calls_before_day(last: date, offsets: Offsets, zone: ZoneInfo) -> list[Call]:
    """The reminders of what ends with the day `last`: in the morning, whole days before."""
    mornings = [
        (moment_of(datetime.combine(last - offset, REMINDERS_LEAVE_AT), zone), offset)
        for offset in offsets
    ]
    return _in_turn(mornings, local_day(last, zone).end)


def due_call(calls: Iterable[Call], now: datetime) -> Call | None:
    """The reminder whose time it is; there is one at most, because each ends where one begins."""
    return next((call for call in calls if call.due_at <= now < call.until), None)


def _in_turn(moments: Iterable[tuple[datetime, timedelta]], end: datetime) -> list[Call]:
    """Each is useful until the next one is due, so that nobody gets two at once; the last to `end`.

    What would be due only then is none.
    """
    due = sorted(each for each in moments if each[0] < end)
    ends = [due_at for due_at, _offset in due[1:]] + [end]
    return [Call(offset, due_at, until) for (due_at, offset), until in zip(due, ends, strict=False)]


def _nearness(rule: Rule) -> tuple[bool, bool]:
    """A category before the space, an audience before everybody."""
    return rule.category is not None, rule.audience != EVERYBODY
