"""Booking series as the tests of series need it: Tuesdays from 18:00 to 20:00, from tomorrow on."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from booking.models import Reservation, Series
from booking.recurring import Pattern
from booking.services import series
from booking.services.placing import Claim
from booking.services.series import Made
from booking.states import Frequency, OnConflict
from machines.models import Machine, Pool
from members.models import Member
from notifications.models import Message
from spaces.intervals import moment_of
from tests.factories.booking import ReservationFactory

ZURICH = ZoneInfo("Europe/Zurich")
NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
TUESDAY = date(2026, 5, 5)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)


def wall(day: int, hour: int, month: int = 5) -> datetime:
    """A wall time of 2026."""
    return datetime(2026, month, day, hour)


def at(day: int, hour: int = 18, month: int = 5) -> datetime:
    """A wall time of 2026 as a moment."""
    return moment_of(wall(day, hour, month), ZURICH)


def weekly(count: int | None = 4, **more: Any) -> Pattern:
    """Every Tuesday, four times."""
    return Pattern(frequency=Frequency.WEEKLY, count=count, **more)


def book(
    target: Machine | Pool,
    member: Member,
    pattern: Pattern | None = None,
    *,
    on_conflict: OnConflict = OnConflict.ALL_OR_NOTHING,
    now: datetime = NOW,
    start: int = 18,
    **claimed: Any,
) -> Made:
    """A series for `member`, by themselves where nobody else is named."""
    return series.reserve_series(
        Claim(**({"member": member, "by": member} | claimed)),
        target=target,
        pattern=pattern or weekly(),
        start=wall(5, start),
        end=wall(5, start + 2),
        on_conflict=on_conflict,
        now=now,
    )


def starts(rows: Iterable[Reservation]) -> list[datetime]:
    """When `rows` begin, in order."""
    return sorted(row.starts_at for row in rows)


def standing(found: Series) -> list[datetime]:
    """When the dates of a series that stand begin."""
    return starts(found.reservations.filter(state__in=("pending", "confirmed")))


def told(kind: str) -> list[Message]:
    """The messages of a kind that wait to be sent."""
    return list(Message.objects.filter(kind=kind, state="pending").order_by("pk"))


def in_the_way(machine: Machine, day: int, month: int = 5, **fields: Any) -> Reservation:
    """An hour of somebody else in the second half of a date."""
    row: Reservation = ReservationFactory(machine=machine, starts_at=at(day, 19, month), **fields)
    return row
