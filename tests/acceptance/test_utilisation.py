"""The cases of cases/utilisation.yaml: a log is written, and its figures are right."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import yaml

from booking.models import Reservation
from machines.models import Machine, Pool
from machines.services.calendars import WeeklySpan, set_weekly_hours
from machines.states import CalendarKind
from members.models import Member
from spaces.intervals import moment_of
from tests.acceptance.utilisation import report
from tests.factories.booking import ReservationFactory, UsageSessionFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory
from tests.factories.spaces import SpaceFactory

CASES = yaml.load(
    (Path(__file__).parent / "cases" / "utilisation.yaml").read_text(encoding="utf-8"),
    Loader=yaml.CSafeLoader,
)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
UNDERSTOOD = {"zone", "now", "opening", "machines", "pools", "reservations", "sessions"}


class World:
    """The facts of one case, written to the tables."""

    def __init__(self, given: dict[str, Any]) -> None:
        assert set(given) <= UNDERSTOOD
        self.space = SpaceFactory(timezone=given["zone"])
        self.now = self.moment(given["now"])
        self.people: dict[str, Member] = {}
        self.machines: dict[str, list[Machine]] = {}
        if "opening" in given:
            self._open(given["opening"])
        for each in given["machines"]:
            self._machine(each)
        for each in given.get("pools", []):
            pool = Pool.objects.create(space=self.space, slug=each["id"], name=each["id"])
            self.machines[each["id"]] = [self.machines[unit][0] for unit in each["units"]]
            Machine.objects.filter(slug__in=each["units"]).update(pool=pool)
        for each in given.get("reservations", []):
            self._reservation(each)
        for each in given.get("sessions", []):
            UsageSessionFactory(
                machine=self.machines[each["target"]][0],
                member=self.person(each["by"]),
                started_at=self.moment(each["start"]),
                ended_at=self.moment(each["end"]),
            )

    def moment(self, wall: str) -> datetime:
        return moment_of(datetime.fromisoformat(wall), self.space.zone)

    def person(self, name: str) -> Member:
        if name not in self.people:
            self.people[name] = MemberFactory(name=name, password=None)
        return self.people[name]

    def _open(self, opening: dict[str, list[str]]) -> None:
        week = []
        for weekday, spans in opening.items():
            for span in spans:
                start, end = span.replace("24:00", "00:00").split("-")
                day = (WEEKDAYS.index(weekday),)
                week.append(WeeklySpan(day, time.fromisoformat(start), time.fromisoformat(end)))
        set_weekly_hours(
            owner=self.space,
            kind=CalendarKind.OPEN,
            week=week,
            from_date=date(2026, 1, 1),
            now=self.now,
        )

    def _machine(self, given: dict[str, Any]) -> None:
        machine = MachineFactory(space=self.space, slug=given["id"], name=given["id"])
        self.machines[given["id"]] = [machine]
        for span in given.get("maintenance", []):
            ReservationFactory(
                machine=machine,
                member=None,
                kind="maintenance",
                starts_at=self.moment(span["from"]),
                ends_at=self.moment(span["to"]),
            )

    def _reservation(self, given: dict[str, Any]) -> Reservation:
        released = given.get("released_at")
        return ReservationFactory(
            machine=self.machines[given["target"]][0],
            member=self.person(given["by"]),
            starts_at=self.moment(given["start"]),
            ends_at=self.moment(given["end"]),
            state=given["status"],
            released_at=released and self.moment(released),
        )


@pytest.mark.django_db
@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_utilisation(case: dict[str, Any]) -> None:
    world = World(case["given"])
    for step, expected in zip(case["when"], case["then"]["results"], strict=True):
        assert step["action"] == "report"
        figures = report(
            world.machines[step["target"]],
            datetime.fromisoformat(step["from"]),
            datetime.fromisoformat(step["to"]),
            now=world.now,
        )
        told = {name: figures[name] for name in expected["figures"]}
        assert {name: _plain(value) for name, value in told.items()} == expected["figures"]


def _plain(value: object) -> float | None:
    return None if value is None else float(str(value))
