"""The facts of an acceptance case, written to the tables; no rule exists but those given."""

from datetime import date, datetime, time, timedelta
from typing import Any

from billing.states import ContractPeriod
from booking.models import Quota, Reservation, WaitlistEntry
from booking.rules import BookingRequest
from booking.services.changing import charge_company
from booking.states import DEFAULT_OFFER_HOLD, MAX_SPAN, OCCUPYING, ReservationState
from machines.models import Category, Machine, Pool
from machines.services.calendars import WeeklySpan, add_closure, set_weekly_hours
from machines.states import CalendarKind
from members.models import Company, Member, Skill
from spaces.intervals import Interval, exists_on_clock, moment_of
from tests.factories.billing import ContractFactory
from tests.factories.booking import PolicyFactory, ReservationFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import (
    CertificationFactory,
    CompanyFactory,
    DelegateFactory,
    MemberFactory,
    MembershipFactory,
    RoleFactory,
    SkillFactory,
)
from tests.factories.spaces import SpaceFactory

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
UNDERSTOOD = {
    "zone",
    "now",
    "opening",
    "closures",
    "machines",
    "members",
    "companies",
    "reservations",
    "quotas",
    "max_open_reservations",
    "pools",
    "waiting_list",
    "waiting_hold_min",
}
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CHARGED = (*OCCUPYING, ReservationState.NO_SHOW)
"""What has taken hours from a contract and has not given them back."""

NEVER = timedelta(days=5000)
TERMS = {
    "setup_min": ("setup", MINUTE, timedelta(0)),
    "turnaround_min": ("turnaround", MINUTE, timedelta(0)),
    "lead_min": ("lead_time", MINUTE, timedelta(0)),
    "min_min": ("shortest", MINUTE, timedelta(0)),
    "max_min": ("longest", MINUTE, MAX_SPAN),
    "grid_min": ("grid", MINUTE, MINUTE),
    "cancel_until_h": ("cancellation_window", HOUR, timedelta(0)),
    "grace_min": ("grace_period", MINUTE, NEVER),
    "early_check_in_min": ("early_check_in", MINUTE, timedelta(0)),
    "auto_close_min": ("auto_close_after", MINUTE, NEVER),
    "hold_h": ("approval_hold", HOUR, NEVER),
}
"""The rules of a case: our field, its unit, and what stands for a rule that is not given."""


class World:
    """The rows of one case by the names that the case gives them."""

    def __init__(self, given: dict[str, Any]) -> None:
        assert set(given) <= UNDERSTOOD
        self.space = SpaceFactory(timezone=given["zone"])
        self.now = self.moment(given["now"])
        self.machines: dict[str, Machine] = {}
        self.pools: dict[str, Pool] = {}
        self.reservations: dict[str, Reservation] = {}
        self.companies: dict[str, Company] = {}
        self.people: dict[str, Member] = {"staff": RoleFactory(space=self.space).member}
        self._needs_membership = any("membership" in each for each in given.get("members", []))
        if "opening" in given:
            self._open(given["opening"])
        for each in given.get("closures", []):
            interval = Interval(self.moment(each["from"]), self.moment(each["to"]))
            add_closure(owner=self.space, title="Closed", interval=interval, now=self.now)
        self._offer_hold = given.get("waiting_hold_min", DEFAULT_OFFER_HOLD / MINUTE) * MINUTE
        for each in given["machines"]:
            self.machines[each["id"]] = self._machine(each)
        for each in given.get("pools", []):
            self.pools[each["id"]] = self._pool(each)
        for what, write in (
            ("members", self._member),
            ("companies", self._company),
            ("quotas", self._quota),
        ):
            for each in given.get(what, []):
                write(each)
        if "max_open_reservations" in given:
            self._quota({"count": given["max_open_reservations"], "per": "at_once"})
        for each in given.get("reservations", []):
            self.reservations[each["id"]] = self._reservation(each)
        for each in given.get("waiting_list", []):
            wish = self.wish(each)
            wish.joined_at = self.moment(each["joined"])
            wish.save()

    def moment(self, text: str) -> datetime:
        """A wall time of the site, or a time with an offset."""
        given = datetime.fromisoformat(text)
        return given if given.tzinfo else moment_of(given, self.space.zone)

    def request(self, step: dict[str, Any]) -> BookingRequest:
        """The span of a step, as a form or a program would ask for it."""
        walls = [datetime.fromisoformat(step[name]) for name in ("start", "end")]
        return BookingRequest(
            starts_at=self.moment(step["start"]),
            ends_at=self.moment(step["end"]),
            is_on_the_clock=all(
                wall.tzinfo is not None or exists_on_clock(wall, self.space.zone) for wall in walls
            ),
        )

    def person(self, name: str) -> Member:
        """A member; one that is not listed is active and has no certifications."""
        if name not in self.people:
            self.people[name] = MemberFactory(name=name)
        return self.people[name]

    def machine(self, name: str) -> Machine:
        """A machine; one that is only mentioned has no rules at all."""
        if name not in self.machines:
            self.machines[name] = self._machine({"id": name})
        return self.machines[name]

    def wish(self, given: dict[str, Any]) -> WaitlistEntry:
        """A wish for just the time of a step, on its machine or any unit of its pool."""
        target, start, end = given["target"], *map(self.moment, (given["start"], given["end"]))
        pool = self.pools.get(target)
        return WaitlistEntry(
            member=self.person(given["by"]),
            space=self.space,
            machine=None if pool else self.machine(target),
            pool=pool,
            earliest_at=start,
            latest_at=end,
            duration=end - start,
        )

    def _pool(self, given: dict[str, Any]) -> Pool:
        pool: Pool = Pool.objects.create(space=self.space, slug=given["id"], name=given["id"])
        for name in given["units"]:
            self.machine(name).pool = pool
            self.machine(name).save()
        return pool

    def name_of(self, machine: Machine) -> str:
        """What the case calls a machine."""
        return next(name for name, each in self.machines.items() if each == machine)

    def _quota(self, given: dict[str, Any]) -> None:
        what, _colon, category = given.get("what", "site").partition(":")
        Quota.objects.create(
            space=self.space,
            account=given.get("who", "member"),
            scope="space" if what == "site" else what,
            category=self._category(category) if category else None,
            window=given["per"],
            days=given.get("days"),
            duration=given["hours"] * HOUR if "hours" in given else None,
            count=given.get("count"),
        )

    def _category(self, slug: str) -> Category:
        found, _is_new = Category.objects.get_or_create(slug=slug, defaults={"name": slug})
        return found

    def _open(self, opening: dict[str, list[str]]) -> None:
        week = []
        for day, spans in opening.items():
            for span in spans:
                start, end = (part.replace("24:00", "00:00") for part in span.split("-"))
                hours = (time.fromisoformat(start), time.fromisoformat(end))
                week.append(WeeklySpan((WEEKDAYS.index(day),), *hours))
        # From well before, so that an opening of the night before reaches into the first day.
        set_weekly_hours(
            owner=self.space,
            kind=CalendarKind.OPEN,
            week=week,
            from_date=(self.now - 14 * DAY).date(),
            now=self.now,
        )

    def _machine(self, given: dict[str, Any]) -> Machine:
        rest = dict(given)
        category = {"category": self._category(rest.pop("category"))} if "category" in rest else {}
        machine: Machine = MachineFactory(space=self.space, slug=rest.pop("id").lower(), **category)
        needs = rest.pop("needs", [])
        for name in [needs] if isinstance(needs, str) else needs:
            machine.skills.add(self._skill(name))
        terms: dict[str, Any] = {
            field: rest.pop(key) * unit if key in rest else otherwise
            for key, (field, unit, otherwise) in TERMS.items()
        }
        PolicyFactory(
            machine=machine,
            horizon_days=rest.pop("horizon_days", 1000),
            membership_needed=self._needs_membership,
            approval_needed=rest.pop("approval", False),
            offer_hold=self._offer_hold,
            **terms,
        )
        assert not rest
        return machine

    def _skill(self, name: str) -> Skill:
        found = Skill.objects.filter(slug=name).first()
        return found or SkillFactory(slug=name, name=name)

    def _member(self, given: dict[str, Any]) -> None:
        member = self.person(given["id"])
        for each in given.get("certifications", []):
            CertificationFactory(
                member=member,
                skill=self._skill(each["name"]),
                start_date=date.fromisoformat(each["from"]),
                end_date=date.fromisoformat(each["until"]) if "until" in each else None,
            )
        if "membership" in given:
            MembershipFactory(
                member=member,
                space=self.space,
                start_date=date.fromisoformat(given["membership"]["from"]),
                end_date=date.fromisoformat(given["membership"]["until"]),
            )

    def _company(self, given: dict[str, Any]) -> None:
        company = CompanyFactory(slug=given["id"], name=given["id"])
        self.companies[given["id"]] = company
        for name in given["bookers"]:
            DelegateFactory(company=company, member=self.person(name))
        if "contract" in given:
            contract = given["contract"]
            ContractFactory(
                company=company,
                space=self.space,
                start_date=date.fromisoformat(contract["from"]),
                end_date=date.fromisoformat(contract["until"]) if "until" in contract else None,
                included_minutes=round(contract["hours"] * 60) if "hours" in contract else None,
                period=ContractPeriod(contract.get("per", "month")),
            )

    def _reservation(self, given: dict[str, Any]) -> Reservation:
        machine = self.machine(given["target"])
        starts_at, ends_at = self.moment(given["start"]), self.moment(given["end"])
        row: Reservation = ReservationFactory(
            machine=machine,
            member=self.person(given["by"]),
            starts_at=starts_at,
            ends_at=ends_at,
            occupied_from=starts_at - machine.policies.get().setup,
            occupied_until=ends_at + machine.policies.get().turnaround,
            state=ReservationState(given["status"]),
            created_at=self.moment(given["created"]) if "created" in given else self.now,
            company=self.companies[given["company"]] if "company" in given else None,
            is_confidential=given.get("confidential", False),
            purpose=given.get("title", ""),
        )
        hold = machine.policies.get().approval_hold
        if row.state == ReservationState.PENDING and hold is not None and hold != NEVER:
            row.expires_at = min(row.created_at + hold, row.starts_at)
            row.save(update_fields=["expires_at"])
        if row.state in CHARGED:
            charge_company(row, by=None, now=self.now)
        return row
