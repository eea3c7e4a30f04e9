"""Which terms apply to which machine and whom: by machine, by category, the defaults."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import time
from typing import Any, NamedTuple, Protocol

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject

from booking import states
from booking.facts import HoursOfWeek, Terms
from booking.models import AllowedHours, Policy, Reservation, UsageSession
from booking.states import EVERYBODY, MAX_SPAN
from machines.queries.opening import Placed
from members.permissions import staff_among
from members.states import Audience
from spaces.prepared import Prepared, any_given


class Reservable(Placed, Protocol):
    """A machine as far as its terms depend on it: what stands there, and who comes first."""

    @property
    def others_ahead_days(self) -> int | None:
        """How far ahead others than its owner may reserve; None where nobody comes first."""


DEFAULTS: dict[str, Any] = {
    "lead_time": states.DEFAULT_LEAD_TIME,
    "horizon_days": states.DEFAULT_HORIZON_DAYS,
    "shortest": states.DEFAULT_SHORTEST,
    "longest": states.DEFAULT_LONGEST,
    "grid": states.DEFAULT_GRID,
    "setup": states.DEFAULT_SETUP,
    "turnaround": states.DEFAULT_TURNAROUND,
    "staff_needed": False,
    "unattended_allowed": False,
    "approval_needed": False,
    "approval_hold": states.DEFAULT_APPROVAL_HOLD,
    "membership_needed": False,
    "early_check_in": states.DEFAULT_EARLY_CHECK_IN,
    "grace_period": states.DEFAULT_GRACE_PERIOD,
    "cancellation_window": states.DEFAULT_CANCELLATION_WINDOW,
    "auto_close_after": states.DEFAULT_AUTO_CLOSE_AFTER,
    "offer_hold": states.DEFAULT_OFFER_HOLD,
}
FIELDS = tuple(DEFAULTS)
HOURS = "hours"

_POLICIES = Prepared(
    lambda: (
        Policy.objects.filter(
            Q(machine=any_given("machines")) | Q(machine=None, space=any_given("spaces"))
        )
        .annotate(
            hours=ArraySubquery(
                AllowedHours.objects.filter(policy=OuterRef("pk")).values(
                    told=JSONObject(
                        weekdays="weekdays", start_time="start_time", end_time="end_time"
                    )
                )
            )
        )
        .values_list("pk", "audience", "machine_id", "space_id", "category_id", HOURS, *FIELDS)
    )
)
"""The policies of machines and of whole spaces, for everybody and for each audience."""


@dataclass(frozen=True, slots=True, eq=False)
class Saying:
    """What one policy says; fields that it leaves open are not there."""

    pk: int
    audience: str
    machine_id: int | None
    values: dict[str, Any]


class Resolved(NamedTuple):
    """The terms of a machine, and which policy said each of them; None for a default."""

    terms: Terms
    said_by: dict[str, Saying | None]


AudienceIn = Audience | Callable[[int], Audience]
"""Whose terms are meant: everywhere the same, or told by the id of a space."""


class Holder(NamedTuple):
    """Who has a machine: the ids of the machine, of the company and of the member."""

    machine_id: int
    company_id: int | None
    member_id: int | None


def terms_of(machine: Reservable, *, audience: Audience) -> Terms:
    """The terms of one machine, in one query."""
    return terms_of_many([machine], audience=audience)[machine.pk]


def terms_of_many(machines: Iterable[Reservable], *, audience: AudienceIn) -> dict[int, Terms]:
    """The terms of each machine by its id, in one query for any number of machines.

    Machines without a policy of their own share those of their category, as one object.
    """
    return Policies(machines).terms_for(audience)


def resolved_for_many(
    machines: Iterable[Reservable], *, audience: AudienceIn
) -> dict[int, Resolved]:
    """The terms of each machine by its id, each with the policy that said it; one query."""
    return Policies(machines).resolved_for(audience)


def every_terms_of(machines: Iterable[Reservable]) -> dict[int, tuple[Terms, ...]]:
    """The terms of each machine by its id, for one audience after the other; one query."""
    policies = Policies(machines)
    return {
        pk: tuple(policies.of(machine, each).terms for each in Audience)
        for pk, machine in policies.machines.items()
    }


def terms_of_reservation(row: Reservation) -> Terms:
    """The terms of whoever holds `row`, in at most two queries."""
    return terms_of_reservations([row])[row.pk]


def terms_of_reservations(rows: Iterable[Reservation | UsageSession]) -> dict[int, Terms]:
    """The terms of whoever holds each of `rows`, by its id, in at most two queries.

    A session without a reservation is held by who uses the machine. `machine` loaded, and the
    `reservation` of sessions.
    """
    rows = list(rows)
    return Policies(row.machine for row in rows).of_holders(
        {row.pk: Holder(row.machine_id, *_held_by(row)) for row in rows}
    )


def _held_by(row: Reservation | UsageSession) -> tuple[int | None, int | None]:
    """The ids of the company and of the member."""
    if isinstance(row, UsageSession) and row.reservation is not None:
        return row.reservation.company_id, row.reservation.member_id
    return getattr(row, "company_id", None), row.member_id


class Policies:
    """What the policies say to each audience about some machines, read in one query.

    The order is machine and audience, machine, category and audience, category, the defaults.
    """

    def __init__(self, machines: Iterable[Reservable]) -> None:
        self.machines = {machine.pk: machine for machine in machines}
        self._of_machine: dict[int, list[Saying]] = {}
        self._of_category: dict[tuple[int, int], list[Saying]] = {}
        self._shared: dict[tuple[int, int, Audience], Resolved] = {}
        self._audiences: set[str] = set()
        if self.machines:
            self._read(self.machines.values())

    def resolved_for(self, audience: AudienceIn) -> dict[int, Resolved]:
        """What holds on each machine by its id."""
        return {
            pk: self.of(machine, audience(machine.space_id) if callable(audience) else audience)
            for pk, machine in self.machines.items()
        }

    def terms_for(self, audience: AudienceIn) -> dict[int, Terms]:
        """The terms of each machine by its id."""
        return {pk: found.terms for pk, found in self.resolved_for(audience).items()}

    def of_holders(self, held: Mapping[int, Holder]) -> dict[int, Terms]:
        """The terms of whoever has a machine, by any key; in one query where staff has its own."""
        members = {each.member_id for each in held.values() if each.member_id is not None}
        spaces = {machine.space_id for machine in self.machines.values()}
        # Where staff has no terms of its own, nobody needs to know who is staff.
        is_told = bool(members) and self.differ_for(Audience.STAFF)
        staff = staff_among(members, spaces) if is_told else set()
        found = {}
        for key, (machine_id, company_id, member_id) in held.items():
            machine, audience = self.machines[machine_id], Audience.MAKER
            if company_id is not None:
                audience = Audience.COMPANY
            elif (member_id, machine.space_id) in staff:
                audience = Audience.STAFF
            found[key] = self.of(machine, audience).terms
        return found

    def of(self, machine: Reservable, audience: Audience) -> Resolved:
        """What holds on `machine` for `audience`; one object for all that have no own policy.

        Where an owner comes first, `audience` is that of the others.
        """
        found, days = self._said(machine, audience), machine.others_ahead_days
        if days is None or days >= found.terms.horizon_days:
            return found
        terms = replace(found.terms, horizon_days=days, owner_horizon_days=found.terms.horizon_days)
        return Resolved(terms, found.said_by)

    def _said(self, machine: Reservable, audience: Audience) -> Resolved:
        if machine.pk in self._of_machine:
            return resolved(self.about(machine), audience)
        kind = (machine.space_id, machine.category_id, audience)
        if kind not in self._shared:
            self._shared[kind] = resolved(self.about(machine), audience)
        return self._shared[kind]

    def about(self, machine: Reservable) -> list[Saying]:
        """What is said about `machine`, to whomever, the nearest first."""
        general = self._of_category.get((machine.space_id, machine.category_id), [])
        return [*self._of_machine.get(machine.pk, []), *general]

    def differ_for(self, audience: Audience) -> bool:
        """Whether some policy is made for `audience`."""
        return audience.value in self._audiences

    def _read(self, machines: Collection[Reservable]) -> None:
        rows = _POLICIES(
            machines=[machine.pk for machine in machines],
            spaces=list({machine.space_id for machine in machines}),
        )
        for pk, audience, machine_id, space_id, category_id, hours, *values in rows:
            said = {
                name: value for name, value in zip(FIELDS, values, strict=True) if value is not None
            }
            if hours:
                said[HOURS] = tuple(_hours_of_week(each) for each in hours)
            policy = Saying(pk, audience, machine_id, said)
            self._audiences.add(audience)
            if machine_id is not None:
                self._of_machine.setdefault(machine_id, []).append(policy)
            else:
                self._of_category.setdefault((space_id, category_id), []).append(policy)
        for policies in (*self._of_machine.values(), *self._of_category.values()):
            policies.sort(key=nearness)


def nearness(policy: Saying) -> tuple[bool, bool]:
    """What sorts policies by how near they are: of the machine, then of the audience."""
    return policy.machine_id is None, policy.audience == EVERYBODY


def _hours_of_week(told: dict[str, Any]) -> HoursOfWeek:
    return HoursOfWeek(
        weekdays=tuple(told["weekdays"]),
        start_time=time.fromisoformat(told["start_time"]),
        end_time=time.fromisoformat(told["end_time"]),
    )


def resolved(policies: list[Saying], audience: Audience | None) -> Resolved:
    """What the first of `policies` to say something to `audience` says, defaults for the rest.

    Without an audience what is said to everybody. No reservation outgrows MAX_SPAN, whatever a
    policy allows.
    """
    terms: dict[str, Any] = {**DEFAULTS, HOURS: ()}
    said_by: dict[str, Saying | None] = dict.fromkeys(terms)
    for policy in reversed(policies):
        if policy.audience in (EVERYBODY, audience):
            terms |= policy.values
            said_by |= dict.fromkeys(policy.values, policy)
    terms["longest"] = min(terms["longest"], MAX_SPAN - terms["setup"] - terms["turnaround"])
    return Resolved(Terms(**terms), said_by)
