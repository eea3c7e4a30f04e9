"""The rows of one case by the names that the case gives them, and its clock."""

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime
from functools import partial
from typing import Any

from booking.facts import BookingRequest
from booking.models import Reservation, WaitlistEntry
from machines.models import Machine, Pool
from members.models import Company, Member
from spaces.intervals import Interval, exists_on_clock, moment_of
from spaces.models import Space
from tests.acceptance.form import Facts, NotUnderstood
from tests.factories.members import MemberFactory, MembershipFactory

STAFF = "staff"
ALWAYS = date(2000, 1, 1)
"""Before anything that happens in a case."""


class World:
    """A space with its clock, and all that the case names."""

    def __init__(
        self,
        *,
        space: Space,
        now: str,
        membership_told: Collection[str],
        make_machine: Callable[["World", str], Machine],
    ) -> None:
        self.space = space
        self.membership_told = membership_told
        self.make_machine = partial(make_machine, self)
        self.now = self.moment(now)
        self.machines: dict[str, Machine] = {}
        self.pools: dict[str, Pool] = {}
        self.people: dict[str, Member] = {}
        self.companies: dict[str, Company] = {}
        self.reservations: dict[str, Reservation] = {}
        self.series: dict[str, Any] = {}

    def moment(self, text: str) -> datetime:
        """A wall time of the site, or a time with an offset."""
        given = datetime.fromisoformat(text)
        return given if given.tzinfo else moment_of(given, self.space.zone)

    def interval(self, given: Facts) -> Interval:
        """What lies between `from` and `to`."""
        return Interval(self.moment(given["from"]), self.moment(given["to"]))

    def request(self, step: Facts) -> BookingRequest:
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
        """A member; one of whose membership nothing is told is active."""
        if name not in self.people:
            self.people[name] = MemberFactory(name=name, password=None)
            if self.membership_told and name not in self.membership_told:
                MembershipFactory(member=self.people[name], space=self.space, start_date=ALWAYS)
        return self.people[name]

    def people_of(self, names: Iterable[str]) -> list[Member]:
        """Several members, made before they act at once: who is named twice is one person."""
        return [self.person(name) for name in names]

    def machine(self, name: str) -> Machine:
        """A machine; one that is only mentioned has no rules at all."""
        return self.machines.get(name) or self.make_machine(name)

    def units(self, target: str) -> list[Machine]:
        """The machine of that name, or the units of that pool."""
        if target not in self.pools:
            return [self.machine(target)]
        return [each for each in self.machines.values() if each.pool == self.pools[target]]

    def company(self, step: Facts) -> Company | None:
        """The company of a step or a row, where it names one."""
        name = step.get("company")
        return None if name is None else named(self.companies, name, "a company")

    def reservation(self, name: str) -> Reservation:
        """A reservation that the case has given, or that an earlier step made."""
        return named(self.reservations, name, "a reservation")

    def wish(self, given: Facts) -> WaitlistEntry:
        """A wish for just the time of a step, on its machine or any unit of its pool."""
        target, start, end = given["target"], *map(self.moment, (given["start"], given["end"]))
        pool = self.pools.get(target)
        return WaitlistEntry(
            member=self.person(given["by"]),
            company=self.company(given),
            space=self.space,
            machine=None if pool else self.machine(target),
            pool=pool,
            earliest_at=start,
            latest_at=end,
            duration=end - start,
        )

    def name_of(self, machine: Machine) -> str:
        """What the case calls a machine."""
        return next(name for name, each in self.machines.items() if each == machine)

    def name_of_row(self, pk: int) -> str:
        """What the case calls a reservation; one without a name is called by its key."""
        names = (name for name, row in self.reservations.items() if row.pk == pk)
        return next(names, f"reservation {pk}")


def named(rows: dict[str, Any], name: str, what: str) -> Any:
    """The row of a name; raises NotUnderstood where the case has given none."""
    if name not in rows:
        raise NotUnderstood(f"“{name}” is not {what} of this case")
    return rows[name]
