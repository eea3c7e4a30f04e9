"""A space with some life in it: hours, machines of two categories, every kind of reservation."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.test import Client

from booking.models import Reservation
from booking.states import ReservationKind, ReservationState
from machines.models import Machine
from machines.services.calendars import set_weekly_hours
from machines.services.events import WeeklySpan
from machines.states import CalendarKind
from members.models import Member
from spaces.intervals import moment_of
from spaces.models import Space
from tests.factories.booking import PolicyFactory, ReservationFactory
from tests.factories.machines import CategoryFactory, FaultFactory, MachineFactory
from tests.factories.members import MemberFactory, RoleFactory
from tests.factories.spaces import SpaceFactory

ZURICH = ZoneInfo("Europe/Zurich")
NOW = datetime(2026, 10, 20, 9, 40, tzinfo=UTC)
TUESDAY = date(2026, 10, 20)


@dataclass
class Lively:
    """What the tests reach for."""

    space: Space
    staff: Member
    maker: Member
    laser: Machine
    mill: Machine
    reserved: Reservation
    own: Reservation


def at(clock: str, day: date = TUESDAY) -> datetime:
    """A wall time of the space as a moment."""
    return moment_of(datetime.combine(day, time.fromisoformat(clock)), ZURICH)


def reserve(
    machine: Machine, start: str, end: str, day: date = TUESDAY, **fields: object
) -> Reservation:
    """A reservation between two wall times."""
    return ReservationFactory.create(
        machine=machine,
        starts_at=at(start, day),
        ends_at=at(end, day),
        occupied_from=at(start, day),
        occupied_until=at(end, day),
        **fields,
    )


def signed_in(member: Member) -> Client:
    """A browser in which `member` has signed in."""
    client = Client()
    client.force_login(member)
    return client


def open_daily(space: Space, start: str = "08:00", end: str = "22:00") -> None:
    """Opening hours on every day since 2026-01-01."""
    set_weekly_hours(
        owner=space,
        kind=CalendarKind.OPEN,
        week=[WeeklySpan(tuple(range(7)), time.fromisoformat(start), time.fromisoformat(end))],
        from_date=date(2026, 1, 1),
        now=datetime(2026, 1, 1, tzinfo=UTC),
    )


def lively_space() -> Lively:
    """A space on Tuesday, 20 October 2026, as seen at 11:40 of its clock."""
    space = SpaceFactory.create(slug="atelier", name="Atelier Zürich")
    open_daily(space)
    staff, maker = MemberFactory.create(name="Sam Staff"), MemberFactory.create(name="Mira Maker")
    RoleFactory.create(member=staff, space=space)
    anna, luc = MemberFactory.create(name="Anna Bernasconi"), MemberFactory.create(name="Luc Morel")
    lasers, mills = CategoryFactory.create(name="Lasers"), CategoryFactory.create(name="Mills")
    laser = MachineFactory.create(space=space, category=lasers, name="Speedy 400", slug="speedy")
    second = MachineFactory.create(space=space, category=lasers, name="Trotec Q500", slug="trotec")
    mill = MachineFactory.create(space=space, category=mills, name="Shaper Origin", slug="shaper")
    broken = MachineFactory.create(space=space, category=mills, name="Stepcraft", slug="stepcraft")
    PolicyFactory.create(machine=mill, grid=None)
    reserved = reserve(laser, "14:00", "15:30", member=anna, purpose="Front panel, 3 mm acrylic")
    own = reserve(laser, "17:00", "18:00", member=maker, purpose="Lamp shades")
    reserve(laser, "09:00", "10:30", member=luc, state=ReservationState.COMPLETED)
    reserve(laser, "11:00", "12:30", member=luc, state=ReservationState.IN_USE)
    reserve(second, "13:00", "16:00", kind=ReservationKind.WORKSHOP, member=None,
            purpose="Introduction to laser cutting")  # fmt: skip
    reserve(second, "16:30", "18:30", member=luc, purpose="Secret", is_confidential=True)
    reserve(mill, "08:00", "10:00", kind=ReservationKind.MAINTENANCE, member=None)
    reserve(mill, "12:30", "13:00", member=anna)
    reserve(laser, "10:00", "12:00", date(2026, 10, 22), member=anna, purpose="Boxes")
    reserve(laser, "15:00", "19:00", date(2026, 10, 23), member=luc)
    reserve(laser, "09:00", "12:00", date(2026, 10, 25), member=luc)
    FaultFactory.create(machine=broken, starts_at=at("09:00"))
    return Lively(space, staff, maker, laser, mill, reserved, own)
