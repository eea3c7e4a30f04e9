"""A small space with a rule of every kind, and everybody who acts in it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from booking.facts import BookingRequest
from booking.models import Quota, WaitlistEntry
from booking.services.allocation import reserve_unit
from booking.services.placing import Claim
from booking.services.reservations import reserve
from machines.models import Machine, Pool
from machines.services.calendars import WeeklySpan, set_weekly_hours
from machines.states import CalendarKind
from members.models import Company, Member
from spaces.intervals import DAY, Interval, moment_of
from spaces.models import Space
from tests.factories.billing import ContractFactory, GuaranteedWindowFactory
from tests.factories.booking import PolicyFactory
from tests.factories.machines import CategoryFactory, MachineFactory
from tests.factories.members import (
    CompanyFactory,
    DelegateFactory,
    MemberFactory,
    RoleFactory,
)
from tests.factories.spaces import SpaceFactory

ZONE = ZoneInfo("Europe/Zurich")
START = datetime(2026, 10, 23, 6, tzinfo=UTC)
"""A Friday at 8 of the space; in the night to Sunday the clock goes back."""

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
GRID = 30 * MINUTE
INCLUDED_MINUTES = 9 * 60
TERMS: dict[str, Any] = {
    "grid": GRID,
    "shortest": GRID,
    "longest": 5 * HOUR,
    "horizon_days": 10,
    "cancellation_window": 2 * HOUR,
    "grace_period": 20 * MINUTE,
    "early_check_in": 15 * MINUTE,
    "auto_close_after": HOUR,
    "approval_hold": 6 * HOUR,
    "offer_hold": 2 * HOUR,
}


@dataclass
class Shop:
    """The space, its machines and its people, at the present moment."""

    space: Space
    machines: list[Machine]
    pool: Pool
    members: list[Member]
    staff: Member
    company: Company
    now: datetime = START

    @property
    def everybody(self) -> list[Member]:
        return [*self.members, self.staff]

    def span(self, day: int, slot: int, slots: int) -> Interval:
        """Some half hours, `day` days from today, `slot` half hours after 7 o'clock."""
        today = self.now.astimezone(ZONE).date() + day * DAY
        start = moment_of(datetime.combine(today, time(7)), ZONE) + slot * GRID
        return Interval(start, start + slots * GRID)


def request_of(span: Interval) -> BookingRequest:
    """The span as a form would ask for it."""
    return BookingRequest(starts_at=span.start, ends_at=span.end)


def open_shop() -> Shop:
    """A laser that has to be set up, a mill that needs approval, three printers alike."""
    space = SpaceFactory.create(timezone=ZONE.key)
    set_weekly_hours(
        owner=space,
        kind=CalendarKind.OPEN,
        week=[WeeklySpan(tuple(range(7)), time(7), time(23))],
        from_date=date(2026, 10, 1),
        now=START,
    )
    pool = Pool.objects.create(space=space, slug="printers", name="Printers")
    laser, mill = (
        MachineFactory.create(space=space, category=CategoryFactory.create()) for _ in range(2)
    )
    prints = CategoryFactory.create()
    printers = MachineFactory.create_batch(3, space=space, category=prints, pool=pool)
    PolicyFactory.create(machine=laser, setup=15 * MINUTE, turnaround=15 * MINUTE, **TERMS)
    PolicyFactory.create(machine=mill, approval_needed=True, **TERMS)
    for printer in printers:
        PolicyFactory.create(machine=printer, turnaround=10 * MINUTE, **TERMS)
    members = [MemberFactory.create(name=name) for name in ("Anna", "Ben", "Carl")]
    company = CompanyFactory.create()
    for member in members[:2]:
        DelegateFactory.create(company=company, member=member)
    contract = ContractFactory.create(
        company=company, space=space, included_minutes=INCLUDED_MINUTES
    )
    GuaranteedWindowFactory.create(
        contract=contract, machine=laser, weekdays=[6], start_time=time(8), end_time=time(10)
    )
    _limit(space)
    return Shop(
        space, [laser, mill, *printers], pool, members, RoleFactory.create(space=space).member,
        company,
    )  # fmt: skip


def fill(shop: Shop) -> None:
    """Have something reserved today and tomorrow, and somebody wait for some of it."""
    anna, ben, carl = shop.members
    laser, mill, *_printers = shop.machines
    for member, machine, day, slot in ((anna, laser, 0, 3), (ben, laser, 0, 8), (ben, mill, 1, 12)):
        asked = request_of(shop.span(day, slot, 4))
        reserve(machine=machine, member=member, request=asked, by=member, now=shop.now)
    for member in shop.members:
        asked, claim = request_of(shop.span(1, 18, 2)), Claim(member=member, by=member)
        reserve_unit(pool=shop.pool, claim=claim, request=asked, now=shop.now)
    for member, slot, target in (
        (carl, 3, {"machine": laser}),
        (anna, 8, {"machine": laser}),
    ):
        span = shop.span(0, slot, 2)
        WaitlistEntry.objects.create(
            member=member,
            space=shop.space,
            earliest_at=span.start,
            latest_at=span.end,
            duration=span.duration,
            **target,
        )


def _limit(space: Space) -> None:
    """A quota of every kind, tight enough to be met."""
    for limit in (
        {"scope": "space", "window": "day", "duration": 5 * HOUR},
        {"scope": "machine", "window": "week", "count": 4, "last_minute": HOUR},
        {"scope": "category", "window": "rolling", "days": 3, "duration": 7 * HOUR},
        {"scope": "pool", "window": "day", "count": 2},
        {"scope": "space", "window": "at_once", "count": 5},
        {"scope": "space", "window": "month", "duration": 20 * HOUR},
        {"scope": "space", "window": "week", "duration": 6 * HOUR, "account": "company"},
    ):
        Quota.objects.create(space=space, **({"account": "member"} | limit))
