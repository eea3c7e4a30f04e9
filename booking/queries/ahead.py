"""What the rules may know about many dates on some machines: read once for the whole window."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from billing.allowance import Month, Standing, portions, standing
from billing.queries import agreements_of, used_minutes
from booking.facts import BookingRequest, Facts, Terms
from booking.models import Reservation
from booking.queries.facts import (
    audience_of,
    may_hold,
    memberships_of,
    not_charged,
    skills_needed,
    used_now,
)
from booking.queries.holdings import Holding, holdings_of
from booking.queries.owners import for_owners
from booking.queries.quotas import accounts_for_units
from booking.queries.terms import terms_of_many
from booking.quotas import Account, Use
from booking.states import ReservationKind
from machines.models import Machine
from machines.queries.opening import openings_of
from members.models import Company, Member
from members.permissions import is_staff_of
from spaces.intervals import DAY, Interval, moment_of, wall_time


class Ahead:
    """The facts about dates of one series, which count against each other once they are kept.

    As many queries for a hundred dates as for one, and for ten machines of a space as for one.
    What is `excluding` is about to be moved, and counts nowhere. `look` at the dates first.
    """

    def __init__(
        self,
        *,
        units: Sequence[Machine],
        member: Member,
        by: Member,
        company: Company | None,
        now: datetime,
        excluding: Sequence[Reservation] = (),
    ) -> None:
        self.units = {unit.pk: unit for unit in units}
        self._space, self._excluding, self.now = units[0].space, excluding, now
        self._member, self._company = member, company
        self.is_staff = is_staff_of(by, self._space)
        self.is_allowed = may_hold(member=member, by=by, company=company, is_staff=self.is_staff)
        self.audience = audience_of(
            member, by=by, company=company, space=self._space, is_staff=self.is_staff
        )
        self.terms = for_owners(
            terms_of_many(units, audience=self.audience),
            units,
            member=member,
            company=company,
            now=now,
        )
        self._agreements = agreements_of(company, self._space) if company else []
        self._kept: list[_Kept] = []

    def look(self, spans: Sequence[Interval]) -> None:
        """Read all that decides dates at `spans`."""
        units, now = list(self.units.values()), self.now
        self.window = window = Interval(
            min(span.start for span in spans), max(span.end for span in spans)
        )
        gone = {row.pk for row in self._excluding}
        self._read_contract()
        self.openings = openings_of(units, window)
        self.held = holdings_of(list(self.units), self._reach(window), now=now)
        for held in self.held.values():
            held.rows = [row for row in held.rows if row.pk not in gone]
        self._accounts = accounts_for_units(
            machines=units,
            member=self._member,
            company=self._company,
            span=window,
            now=now,
            excluding=self._excluding,
        )
        self.skills = skills_needed(units, self._member)
        needed = any(each.membership_needed for each in self.terms.values())
        self._memberships = memberships_of(self._space, self._member) if needed else ()

    @property
    def overdue(self) -> tuple[int, ...]:
        """The ids of undecided rows in the window whose time is over: they hold nothing."""
        return tuple(pk for held in self.held.values() for pk in held.overdue)

    def latest_start(self, first: Interval) -> datetime:
        """How far a series that begins with `first` can be reserved today (RULES, C3)."""
        contract = standing(first, self._agreements, {}, self._zone)
        days = max(self._terms_of(unit, contract).horizon_days for unit in self.units)
        return moment_of(wall_time(self.now, self._zone) + DAY * days, self._zone)

    def on(self, unit: int, request: BookingRequest) -> Facts:
        """The facts about one date on a machine, all that was kept so far counted."""
        span, contract = request.span, self._contract(request.span)
        terms = self._terms_of(unit, contract)
        rows = self._rows_near(unit, span)
        opening = self.openings[unit]
        kept = self.kept_on(unit)
        in_use = used_now(self.held[unit], (), self.now)
        return Facts(
            now=self.now,
            zone=self._zone,
            terms=terms,
            open=tuple(each for each in opening.open if each.overlaps(span)),
            staffed=tuple(each for each in opening.staffed if each.overlaps(span)),
            next_opening=None,
            maintenance=tuple(_occupied(row) for row in rows if _is_upkeep(row)),
            down=tuple(self.held[unit].stops),
            is_retired=self.units[unit].retired_at is not None,
            taken=(*in_use, *(_occupied(row) for row in rows if not _is_upkeep(row)), *kept),
            own=(
                *(_occupied(row) for row in rows if row.member_id == self._member.pk),
                *kept,
            ),
            skills=self.skills[unit],
            memberships=self._memberships if terms.membership_needed else (),
            is_allowed=self.is_allowed,
            is_staff=self.is_staff,
            audience=self.audience,
            accounts=tuple(self._with_kept(each, unit) for each in self._accounts[unit]),
            contract=contract,
        )

    def keep(self, unit: int, span: Interval) -> None:
        """Count `span` as reserved on a machine from now on."""
        self._kept.append(_Kept(unit, span))
        for month, minutes in portions(span, self._agreements, self._zone).items():
            self._used[month] = self._used.get(month, 0) + minutes

    def kept_on(self, unit: int) -> list[Interval]:
        """What was kept on a machine so far, with setup and turnaround."""
        return [self.occupied(unit, each.span) for each in self._kept if each.unit == unit]

    def in_the_way_of(self, unit: int, span: Interval) -> int | None:
        """The reservation that stands in the way of `span` on a machine, if one does."""
        return next((row.pk for row in self._rows_near(unit, span) if row.pk), None)

    def occupied(self, unit: int, span: Interval) -> Interval:
        """The time that `span` occupies on a machine."""
        terms = self.terms[unit]
        return span.widened(before=terms.setup, after=terms.turnaround)

    @property
    def _zone(self) -> ZoneInfo:
        return self._space.zone

    def _read_contract(self) -> None:
        limited = [each.pk for each in self._agreements if each.included_minutes is not None]
        self._used: dict[Month, int] = {}
        if limited and self._company is not None:
            gone = not_charged(self._company, excluding=self._excluding, now=self.now)
            self._used = used_minutes(limited, excluding=gone)

    def _contract(self, span: Interval) -> Standing | None:
        if not self._agreements:
            return None
        return standing(span, self._agreements, self._used, self._zone)

    def _terms_of(self, unit: int, contract: Standing | None) -> Terms:
        """The terms of a machine, with the horizon that a contract agrees."""
        return self.terms[unit].agreed(contract.horizon_days if contract else None)

    def _reach(self, window: Interval) -> Interval:
        return window.widened(
            before=max(each.setup for each in self.terms.values()),
            after=max(each.turnaround for each in self.terms.values()),
        )

    def _rows_near(self, unit: int, span: Interval) -> list[Holding]:
        near = self.occupied(unit, span)
        return [
            row
            for row in self.held[unit].rows
            if row.occupied_from < near.end and near.start < row.occupied_until
        ]

    def _with_kept(self, account: Account, unit: int) -> Account:
        uses = [
            Use(span=each.span, reserved_at=self.now)
            for each in self._kept
            if each.unit == unit or not account.is_of_one_machine
        ]
        return replace(account, uses=(*account.uses, *uses))


class _Kept(NamedTuple):
    """A date that was given its machine."""

    unit: int
    span: Interval


def _occupied(row: Holding) -> Interval:
    return Interval(row.occupied_from, row.occupied_until)


def _is_upkeep(row: Holding) -> bool:
    return row.kind == ReservationKind.MAINTENANCE
