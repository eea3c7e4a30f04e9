"""What a case gives, written to the tables; no rule exists but those that it names."""

from datetime import datetime, time
from typing import Any

from booking.models import Quota, ReminderRule
from booking.states import QuotaScope, QuotaWindow
from machines.models import AvailabilityCalendar
from machines.services.calendars import WeeklySpan, add_closure, set_weekly_hours
from machines.services.events import add_event, hours_from
from machines.states import CalendarKind, Repeat
from spaces.intervals import Interval, local_day
from tests.acceptance.form import Facts, NotUnderstood
from tests.acceptance.given_machines import DAY, HOUR, Rules, add_machine, add_pool, category_of
from tests.acceptance.given_people import add_company, add_member
from tests.acceptance.given_rows import add_reservation, add_session, add_wish, use_what_is_in_use
from tests.acceptance.world import STAFF, World
from tests.factories.members import RoleFactory
from tests.factories.spaces import SpaceFactory

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def world_of(facts: dict[str, Any]) -> World:
    """The world of a case before its first step. Raises NotUnderstood for what it cannot read."""
    given = Facts(facts, "given")
    told = {each["id"] for each in given.get("members") or () if "membership" in each}
    rules = Rules(
        membership_needed=bool(told),
        offer_hold_min=given.get("waiting_hold_min"),
    )
    world = World(
        space=SpaceFactory(timezone=given["zone"]),
        now=given["now"],
        membership_told=told,
        make_machine=lambda world, name: add_machine(world, Facts({"id": name}, name), rules),
    )
    RoleFactory(space=world.space, member=world.person(STAFF))
    _open(world, given)
    for machine in given.each("machines"):
        add_machine(world, machine, rules)
    for pool in given.each("pools"):
        add_pool(world, pool)
    for member in given.each("members"):
        add_member(world, member)
    for company in given.each("companies"):
        add_company(world, company)
    for quota in given.each("quotas"):
        _limit(world, quota)
    if "max_open_reservations" in given:
        most = {"count": given["max_open_reservations"], "per": QuotaWindow.AT_ONCE, "what": "site"}
        _limit(world, Facts(most, "given.max_open_reservations"))
    _remind(world, given.get("reminder_h"))
    for row in given.each("reservations"):
        add_reservation(world, row)
    for session in given.each("sessions"):
        add_session(world, session)
    use_what_is_in_use(world)
    for wish in given.each("waiting_list"):
        add_wish(world, wish)
    given.finish()
    return world


def _open(world: World, given: Facts) -> None:
    """Write opening hours, what is opened besides, and closures; without hours it is always open.

    The hours begin long before: figures look back, and the opening of a night reaches into a day.
    """
    space, now = world.space, world.now
    first = local_day((now - 400 * DAY).astimezone(space.zone).date(), space.zone)
    week = [
        WeeklySpan((_weekday(day),), *_hours(span))
        for day, spans in given.get("opening", {}).items()
        for span in spans
    ]
    if week:
        from_date = first.start.astimezone(space.zone).date()
        set_weekly_hours(
            owner=space, kind=CalendarKind.OPEN, week=week, from_date=from_date, now=now
        )
    elif "opening" in given:
        # Hours are given and there are none: it is closed but for what is opened besides.
        hours_from(space, CalendarKind.OPEN, first.start)
    for each in given.each("extra_openings"):
        interval = world.interval(each)
        if "opening" in given:
            calendar = hours_from(space, CalendarKind.OPEN, first.start)
            _open_once(calendar, interval, now)
    for each in given.each("closures"):
        add_closure(owner=space, title="Closed", interval=world.interval(each), now=now)


def _open_once(calendar: AvailabilityCalendar, interval: Interval, now: datetime) -> None:
    add_event(
        availability=calendar,
        title="Open",
        interval=interval,
        repeat=Repeat.ONCE,
        until=None,
        now=now,
    )


def _weekday(name: str) -> int:
    if name not in WEEKDAYS:
        raise NotUnderstood(f"given.opening: “{name}” is not a weekday")
    return WEEKDAYS.index(name)


def _hours(span: str) -> tuple[time, time]:
    start, end = (part.replace("24:00", "00:00") for part in span.split("-"))
    return time.fromisoformat(start), time.fromisoformat(end)


def _limit(world: World, given: Facts) -> None:
    what, _colon, name = str(given.get("what", "site")).partition(":")
    hours = given.get("hours")
    Quota.objects.create(
        space=world.space,
        account=given.get("who", "member"),
        scope=QuotaScope.SPACE if what == "site" else QuotaScope(what),
        category=category_of(name) if what == QuotaScope.CATEGORY else None,
        pool=world.pools[name] if what == QuotaScope.POOL and name else None,
        window=QuotaWindow(given["per"]),
        days=given.get("days"),
        duration=None if hours is None else hours * HOUR,
        count=given.get("count"),
    )


def _remind(world: World, hours: float | list[float] | None) -> None:
    """Have everybody reminded that long before; where nothing is said nobody is."""
    if hours is None:
        ReminderRule.objects.create(space=world.space, is_active=False)
        return
    for each in hours if isinstance(hours, list) else [hours]:
        ReminderRule.objects.create(space=world.space, offset=each * HOUR)
