"""How much of its included hours a company uses: arithmetic only, in whole minutes.

A moment counts from the minute in which it lies, so that adjoining spans add up without drift.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from billing.states import ContractPeriod
from spaces.intervals import DAY, Interval, clip, covers, local_days

LATEST = datetime(9000, 1, 1, tzinfo=UTC)
"""The end of a contract without an end."""

Month = tuple[int, date]
"""A contract by its id, and the first day of a month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A contract as far as arithmetic cares; both dates are included."""

    pk: int
    start_date: date
    end_date: date | None
    included_minutes: int | None
    period: str
    horizon_days: int | None

    def covers(self, day: date) -> bool:
        """Whether it is in force on `day`."""
        return self.start_date <= day and (self.end_date is None or day <= self.end_date)

    def interval(self, zone: ZoneInfo) -> Interval:
        """When it is in force on the clock of `zone`."""
        if self.end_date is None:
            return Interval(local_days(self.start_date, self.start_date, zone).start, LATEST)
        return local_days(self.start_date, self.end_date + DAY, zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The minutes of one limit: of `month`, or of the whole contract where that is None."""

    month: date | None
    included: int
    used: int
    asked: int

    @property
    def left(self) -> int:
        """What may still be asked for; never less than nothing."""
        return max(0, self.included - self.used)

    @property
    def is_exceeded(self) -> bool:
        """Whether more is asked for than is left; the limit itself is included."""
        return self.used + self.asked > self.included


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the contracts of a company with a space say to one span."""

    is_in_force: bool
    horizon_days: int | None
    accounts: tuple[Account, ...]

    def after(self, count: int) -> "Standing":
        """What they say to the same span once more, when it was taken `count` times already."""
        accounts = (replace(each, used=each.used + count * each.asked) for each in self.accounts)
        return replace(self, accounts=tuple(accounts))


def minutes_by_month(span: Interval, zone: ZoneInfo) -> dict[date, int]:
    """The real minutes of `span` by the local month in which they lie (RULES, C4, C8)."""
    found: dict[date, int] = {}
    start = span.start
    while start < span.end:
        first = start.astimezone(zone).date().replace(day=1)
        following = (first + 31 * DAY).replace(day=1)
        end = min(span.end, local_days(first, following, zone).end)
        found[first] = _minute(end) - _minute(start)
        start = end
    return {month: minutes for month, minutes in found.items() if minutes}


def portions(span: Interval, agreements: Sequence[Agreement], zone: ZoneInfo) -> dict[Month, int]:
    """The minutes of `span` by contract and local month, as far as a contract is in force."""
    return {
        (agreement.pk, month): minutes
        for agreement in agreements
        for part in clip([span], agreement.interval(zone))
        for month, minutes in minutes_by_month(part, zone).items()
    }


def standing(
    span: Interval,
    agreements: Sequence[Agreement],
    used: Mapping[Month, int],
    zone: ZoneInfo,
) -> Standing:
    """What `agreements`, of which `used` minutes are used, say to `span`."""
    asked = portions(span, agreements, zone)
    day = span.start.astimezone(zone).date()
    first = next((each for each in agreements if each.covers(day)), None)
    return Standing(
        is_in_force=covers((each.interval(zone) for each in agreements), span),
        horizon_days=first.horizon_days if first else None,
        accounts=tuple(account for each in agreements for account in _accounts(each, asked, used)),
    )


def account_on(agreement: Agreement, used: Mapping[Month, int], day: date) -> Account | None:
    """The account of the month of `day`, or of the whole contract; None without a limit."""
    asked = {(agreement.pk, day.replace(day=1)): 0}
    return next(iter(_accounts(agreement, asked, used)), None)


def _accounts(
    agreement: Agreement, asked: Mapping[Month, int], used: Mapping[Month, int]
) -> list[Account]:
    """One account per month asked for, or one for the whole contract."""
    if agreement.included_minutes is None:
        return []
    mine = {month: minutes for (pk, month), minutes in asked.items() if pk == agreement.pk}
    if not mine:
        return []
    if agreement.period == ContractPeriod.TOTAL:
        mine_used = sum(minutes for (pk, _month), minutes in used.items() if pk == agreement.pk)
        months: list[tuple[date | None, int, int]] = [(None, mine_used, sum(mine.values()))]
    else:
        months = [
            (month, used.get((agreement.pk, month), 0), minutes) for month, minutes in mine.items()
        ]
    return [
        Account(month=month, included=agreement.included_minutes, used=before, asked=minutes)
        for month, before, minutes in months
    ]


def _minute(moment: datetime) -> int:
    return int(moment.timestamp()) // 60
