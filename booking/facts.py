"""What the rules are given, and what they say: a request, the facts about it, a refusal."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from billing.allowance import Standing
from booking.quotas import Account
from booking.states import DEFAULT_OFFER_HOLD, RefusalCode
from members.states import Audience
from spaces.intervals import DAY, Interval, exists_on_clock, intersect, merge, moment_of
from spaces.weekdays import weekly_intervals

FIRST_MOMENT = datetime(1900, 1, 1, tzinfo=UTC)
LAST_MOMENT = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a request cannot become a reservation: a code for programs, a message for people."""

    code: RefusalCode
    message: str
    field: str | None = None
    is_firm: bool = False
    """Whether it stands for staff too, although its code is WAIVABLE."""
    machine_id: int | None = None
    """Of which of several machines it is said, where it is not said of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingRequest:
    """The span that someone asks for, as moments, and whether the clock ever shows it."""

    starts_at: datetime
    ends_at: datetime
    is_on_the_clock: bool = True
    begun_at: datetime | None = None
    """The start of the use that this prolongs; its own span is then only the time added."""

    def __post_init__(self) -> None:
        # Programs may send any year; this far away no arithmetic with zones can overflow.
        for name in ("starts_at", "ends_at"):
            moment = getattr(self, name)
            object.__setattr__(self, name, min(max(moment, FIRST_MOMENT), LAST_MOMENT))

    @classmethod
    def from_wall(cls, start: datetime, end: datetime, zone: ZoneInfo) -> "BookingRequest":
        """A request in wall times of `zone`; times that occur twice mean the first (RULES, C7)."""
        return cls(
            starts_at=moment_of(start, zone),
            ends_at=moment_of(end, zone),
            is_on_the_clock=exists_on_clock(start, zone) and exists_on_clock(end, zone),
        )

    def is_just(self, span: Interval) -> bool:
        """Whether `span` is asked for; a time that ends too early is none."""
        return (self.starts_at, self.ends_at) == (span.start, span.end)

    def prolonging(self, span: Interval) -> "BookingRequest":
        """The time by which this request is longer than `span`, whose use has begun."""
        return replace(self, starts_at=span.end, begun_at=span.start)

    @property
    def whole(self) -> Interval:
        """The span that is to be kept in the end; raises ValueError where it ends too early."""
        return Interval(self.begun_at or self.starts_at, self.ends_at)

    @property
    def duration(self) -> timedelta:
        """Real elapsed time, also over a clock change (RULES, C4)."""
        return self.ends_at - self.starts_at

    @property
    def span(self) -> Interval:
        """The span; raises ValueError where the end lies before the start."""
        return Interval(self.starts_at, self.ends_at)


class Stop(NamedTuple):
    """Time in which a machine stands still, because of one that it needs where that is named.

    `until` is when it is expected to work again; None where nobody knows, and for what was.
    """

    interval: Interval
    needs: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursOfWeek:
    """Some hours of the week on the wall clock; no weekday means every day."""

    weekdays: tuple[int, ...]
    start_time: time
    end_time: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The policy that applies to one machine, with every default filled in.

    `hours` are those to which the policy keeps people; without any, all are allowed.
    """

    lead_time: timedelta
    horizon_days: int
    shortest: timedelta
    longest: timedelta
    grid: timedelta
    setup: timedelta
    turnaround: timedelta
    staff_needed: bool
    approval_needed: bool
    approval_hold: timedelta
    membership_needed: bool
    early_check_in: timedelta
    grace_period: timedelta
    cancellation_window: timedelta
    auto_close_after: timedelta
    offer_hold: timedelta = DEFAULT_OFFER_HOLD
    owner_horizon_days: int | None = None
    """The horizon of who owns the machine, where that is longer than `horizon_days`."""
    unattended_allowed: bool = False
    hours: tuple[HoursOfWeek, ...] = ()

    def agreed(self, days: int | None) -> "Terms":
        """With the horizon that a contract agrees, no longer than the owner leaves to others."""
        if days is None:
            return self
        if self.owner_horizon_days is not None:
            days = min(days, self.horizon_days)
        return replace(self, horizon_days=days)

    def of_owner(self) -> "Terms":
        """As they hold for who owns the machine."""
        days = self.owner_horizon_days
        return self if days is None else replace(self, horizon_days=days, owner_horizon_days=None)

    def bookable(
        self, *, opened: tuple[Interval, ...], staffed: tuple[Interval, ...], zone: ZoneInfo
    ) -> tuple[Interval, ...]:
        """Of the hours in which the space is open and staffed those in which people may book."""
        hours = staffed if self.staff_needed else opened
        if not self.hours or not hours:
            return hours
        window = Interval(hours[0].start, hours[-1].end)
        return tuple(intersect(hours, self.allowed(window, zone)))

    def allowed(self, window: Interval, zone: ZoneInfo) -> list[Interval]:
        """The hours to which the policy keeps people, as far as they touch `window`."""
        return merge(
            interval
            for each in self.hours
            for interval in weekly_intervals(
                each.weekdays, each.start_time, each.end_time, zone=zone, window=window
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A certification or membership as far as the rules care; both dates are included."""

    start_date: date
    end_date: date | None

    def covers(self, first: date, last: date) -> bool:
        """Whether it is in force on every date from `first` to `last`."""
        return self.start_date <= first and (self.end_date is None or last <= self.end_date)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """A certification with the ids of the space that granted it and of those that recognise it."""

    held: Held
    granted_in: int | None
    recognised_in: frozenset[int]

    def counts_in(self, space_id: int) -> bool:
        """Whether a space counts it: one of no space counts everywhere."""
        return self.granted_in in {None, space_id} or space_id in self.recognised_in


def held_throughout(papers: Iterable[Held], first: date, last: date) -> bool:
    """Whether on every date from `first` to `last` one of `papers` is in force (RULES, C22)."""
    day = first
    for each in sorted(papers, key=lambda paper: paper.start_date):
        if each.start_date > day:
            return False
        if each.end_date is None or last <= each.end_date:
            return True
        day = max(day, each.end_date + DAY)
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillNeeded:
    """A skill that the machine asks for, and the member's certifications in it."""

    name: str
    held: tuple[Held, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that the rules may know, read in a fixed number of queries.

    Intervals reach far enough to decide the request; `taken` holds what others occupy.
    `is_allowed` and `is_staff` are the answers of `permissions` for the acting person;
    `contract` is None where no company is named, or one that has no contract with the space.
    """

    now: datetime
    zone: ZoneInfo
    terms: Terms
    open: tuple[Interval, ...]
    staffed: tuple[Interval, ...]
    next_opening: Interval | None
    maintenance: tuple[Interval, ...]
    down: tuple[Stop, ...]
    is_retired: bool
    taken: tuple[Interval, ...]
    skills: tuple[SkillNeeded, ...]
    memberships: tuple[Held, ...]
    is_allowed: bool
    is_staff: bool
    audience: Audience = Audience.MAKER
    """Whose terms and prices hold: those of who is to have the time, whoever asks for it."""
    accounts: tuple[Account, ...] = ()
    contract: Standing | None = None
    own: tuple[Interval, ...] = ()
    """What of `taken` the member holds."""
    overdue: tuple[int, ...] = ()
    """The ids of undecided rows on the machine whose time is over: they hold nothing."""

    @property
    def held(self) -> tuple[Interval, ...]:
        """When the machine cannot be had, whoever or whatever has it."""
        return (*self.taken, *self.maintenance, *(stop.interval for stop in self.down))
