"""What the rules may know about many dates on one machine: read once for the whole window."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from billing.allowance import Standing, portions, standing
from billing.queries import agreements_of, used_minutes
from booking.facts import BookingRequest, Facts, Terms
from booking.queries.facts import audience_of, may_hold, memberships_of, skills_needed, used_now
from booking.queries.holdings import Holding, holdings_of
from booking.queries.quotas import accounts_for_units
from booking.queries.terms import terms_of
from booking.quotas import Use
from booking.states import ReservationKind
from machines.models import Machine
from machines.queries.opening import openings_of
from members.models import Company, Member
from members.permissions import is_staff_of
from spaces.intervals import DAY, Interval, moment_of, wall_time


class Ahead:
    """The facts about dates of one series, which count against each other once they are `kept`.

    As many queries for a hundred dates as for one.
    """

    def __init__(
        self,
        *,
        machine: Machine,
        spans: Sequence[Interval],
        member: Member,
        by: Member,
        company: Company | None,
        now: datetime,
    ) -> None:
        self._first = min(spans)
        window = Interval(self._first.start, max(span.end for span in spans))
        space, is_staff = machine.space, is_staff_of(by, machine.space)
        self._agreements = agreements_of(company, space) if company else []
        limited = [each.pk for each in self._agreements if each.included_minutes is not None]
        self._used = used_minutes(limited) if limited else {}
        audience = audience_of(member, by=by, company=company, space=space, is_staff=is_staff)
        self._terms = terms = terms_of(machine, audience=audience)
        opening = openings_of([machine], window)[machine.pk]
        self._open, self._staffed = opening.open, opening.staffed
        reach = window.widened(before=terms.setup, after=terms.turnaround)
        self._held = holdings_of([machine.pk], reach, now=now)[machine.pk]
        self._shared = Facts(
            now=now,
            zone=space.zone,
            terms=terms,
            open=(),
            staffed=(),
            next_opening=None,
            maintenance=(),
            down=tuple(self._held.down),
            is_retired=machine.retired_at is not None,
            taken=used_now(self._held, (), now),
            skills=skills_needed([machine], member)[machine.pk],
            memberships=memberships_of(space, member) if terms.membership_needed else (),
            is_allowed=may_hold(member=member, by=by, company=company, is_staff=is_staff),
            is_staff=is_staff,
            audience=audience,
            accounts=accounts_for_units(
                machines=[machine], member=member, company=company, span=window, now=now
            )[machine.pk],
        )
        self._kept: list[Interval] = []

    @property
    def overdue(self) -> tuple[int, ...]:
        """The ids of undecided rows in the window whose time is over: they hold nothing."""
        return tuple(self._held.overdue)

    @property
    def is_allowed(self) -> bool:
        """Whether the acting person may reserve in the name of the member at all."""
        return self._shared.is_allowed

    @property
    def latest_start(self) -> datetime:
        """How far dates can be reserved today (RULES, C3)."""
        terms, zone = self._terms_of(self._contract(self._first)), self._shared.zone
        return moment_of(wall_time(self._shared.now, zone) + DAY * terms.horizon_days, zone)

    def on(self, request: BookingRequest) -> Facts:
        """The facts about one date, all that was kept so far counted."""
        span = request.span
        near = self._occupied(span)
        rows = [row for row in self._held.rows if _occupied(row).overlaps(near)]
        contract = self._contract(span)
        return replace(
            self._shared,
            terms=self._terms_of(contract),
            open=tuple(each for each in self._open if each.overlaps(span)),
            staffed=tuple(each for each in self._staffed if each.overlaps(span)),
            maintenance=tuple(_occupied(row) for row in rows if _is_upkeep(row)),
            taken=(
                *self._shared.taken,
                *(_occupied(row) for row in rows if not _is_upkeep(row)),
                *map(self._occupied, self._kept),
            ),
            accounts=tuple(
                replace(account, uses=(*account.uses, *self._uses()))
                for account in self._shared.accounts
            ),
            contract=contract,
        )

    def keep(self, span: Interval) -> None:
        """Count `span` as reserved from now on."""
        self._kept.append(span)
        for month, minutes in portions(span, self._agreements, self._shared.zone).items():
            self._used[month] = self._used.get(month, 0) + minutes

    def in_the_way_of(self, span: Interval) -> int | None:
        """The reservation that stands in the way of `span`, if one does."""
        near = self._occupied(span)
        return next((row.pk for row in self._held.rows if _occupied(row).overlaps(near)), None)

    def _contract(self, span: Interval) -> Standing | None:
        if not self._agreements:
            return None
        return standing(span, self._agreements, self._used, self._shared.zone)

    def _terms_of(self, contract: Standing | None) -> Terms:
        """The terms of the machine, with the horizon that a contract agrees."""
        if contract is None or contract.horizon_days is None:
            return self._terms
        return replace(self._terms, horizon_days=contract.horizon_days)

    def _occupied(self, span: Interval) -> Interval:
        return span.widened(before=self._terms.setup, after=self._terms.turnaround)

    def _uses(self) -> list[Use]:
        return [Use(span=span, reserved_at=self._shared.now) for span in self._kept]


def _occupied(row: Holding) -> Interval:
    return Interval(row.occupied_from, row.occupied_until)


def _is_upkeep(row: Holding) -> bool:
    return row.kind == ReservationKind.MAINTENANCE
