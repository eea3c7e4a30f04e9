"""What the papers of many people let them use: read once, then asked for any machine and time."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from billing.allowance import Standing, standing
from billing.queries import agreements_by_company
from booking.facts import BookingRequest, Certified, Facts, Held, SkillNeeded, Terms
from booking.models import Reservation
from booking.rules import (
    certification_is_valid,
    check,
    contract_is_in_force,
    member_is_certified,
    membership_is_active,
)
from machines.models import Machine
from members.models import Certification, Membership
from spaces.intervals import Interval

PERSONAL = (
    member_is_certified,
    certification_is_valid,
    membership_is_active,
    contract_is_in_force,
)
"""What depends on the person or the company, whatever the machine does."""


class Papers:
    """Skills, memberships and contracts of the holders of `rows` on `machines`, in four queries.

    `terms` tells those of the holder of a row on a machine, both by their ids.
    """

    def __init__(
        self,
        *,
        rows: Iterable[Reservation],
        machines: Mapping[int, Machine],
        terms: Callable[[int, int], Terms],
        now: datetime,
    ) -> None:
        self._rows = {row.pk: row for row in rows}
        self._machines, self._terms, self._now = machines, terms, now
        holders = {row.member_id for row in self._rows.values() if row.member_id is not None}
        companies = {row.company_id for row in self._rows.values() if row.company_id is not None}
        self._needed: dict[int, list[int]] = {pk: [] for pk in machines}
        needed = Machine.skills.through.objects.filter(machine__in=list(machines))
        for machine, skill in needed.values_list("machine_id", "skill_id"):
            self._needed[machine].append(skill)
        self._skills = certified_by(holders)
        self._memberships = _memberships_of(holders)
        self._agreements = agreements_by_company(companies) if companies else {}

    def allow(self, row_pk: int, machine_pk: int, span: Interval) -> bool:
        """Whether the holder of a row may have a machine for `span`, by the rules."""
        request = BookingRequest(starts_at=span.start, ends_at=span.end)
        facts = self._facts(self._rows[row_pk], self._machines[machine_pk], span)
        return not check(request, facts, PERSONAL)

    def _facts(self, row: Reservation, machine: Machine, span: Interval) -> Facts:
        """As much of the facts as these rules look at."""
        terms, holder = self._terms(row.pk, machine.pk), row.member_id or 0
        # A date that a company has not taken up yet has nobody whose skills could be asked for.
        skills = self._needed[machine.pk] if row.member_id is not None else ()
        return Facts(
            now=self._now,
            zone=machine.space.zone,
            terms=terms,
            open=(),
            staffed=(),
            next_opening=None,
            maintenance=(),
            down=(),
            is_retired=False,
            taken=(),
            skills=tuple(
                SkillNeeded(name="", held=self._held(holder, skill, machine.space_id))
                for skill in skills
            ),
            memberships=tuple(self._memberships.get((holder, machine.space_id), ())),
            is_allowed=True,
            is_staff=False,
            contract=self._contract(row, machine, span),
        )

    def _held(self, holder: int, skill: int, space_id: int) -> tuple[Held, ...]:
        rows = self._skills.get((holder, skill), ())
        return tuple(each.held for each in rows if each.counts_in(space_id))

    def _contract(self, row: Reservation, machine: Machine, span: Interval) -> Standing | None:
        agreements = self._agreements.get((row.company_id or 0, machine.space_id))
        return standing(span, agreements, {}, machine.space.zone) if agreements else None


def certified_by(members: Collection[int]) -> dict[tuple[int, int], list[Certified]]:
    """The standing certifications of people by their ids and the skill, in one query."""
    found: dict[tuple[int, int], list[Certified]] = {}
    standing = Certification.objects.standing().filter(member__in=members)
    rows: QuerySet[Any] = standing.with_recognising()
    for member, skill, start, end, space, recognised in rows.values_list(
        "member_id", "skill_id", "start_date", "end_date", "space_id", "recognised_in"
    ):
        found.setdefault((member, skill), []).append(
            Certified(
                held=Held(start_date=start, end_date=end),
                granted_in=space,
                recognised_in=frozenset(recognised),
            )
        )
    return found


def _memberships_of(members: Collection[int]) -> dict[tuple[int, int], list[Held]]:
    """The memberships of people by their ids and the space."""
    found: dict[tuple[int, int], list[Held]] = {}
    rows = Membership.objects.filter(member__in=members)
    for member, space, start, end in rows.values_list(
        "member_id", "space_id", "start_date", "end_date"
    ):
        found.setdefault((member, space), []).append(Held(start_date=start, end_date=end))
    return found
