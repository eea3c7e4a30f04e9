"""What belongs to a machine goes where it goes, and is given to one just like it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from booking.models import Question
from booking.queries.wear import standings_of
from booking.services.belongings import duplicate, stays_behind
from booking.services.retiring import move_to_space
from booking.services.upkeep_plans import Done, record_job
from machines.models import CounterReading, Device, Machine, MaintenancePlan
from machines.services.dependencies import add_need
from machines.services.maintenance import correct_reading, read_counter
from machines.states import UpkeepBasis
from members.models import Member
from spaces.models import Space
from tests.factories.booking import UsageSessionFactory
from tests.factories.kiosk import QuestionFactory
from tests.factories.machines import (
    CounterFactory,
    MachineFactory,
    MaintenancePlanFactory,
    MeterFactory,
)
from tests.factories.members import RoleFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def machine() -> Machine:
    return MachineFactory(name="Laser", slug="laser")


@pytest.fixture
def extraction(machine: Machine) -> Machine:
    made: Machine = MachineFactory(space=machine.space, name="Extraction")
    add_need(machine=machine, needs=made, now=NOW - 90 * DAY)
    return made


@pytest.fixture
def there() -> Space:
    return SpaceFactory(slug="nord", name="Nord")


@pytest.fixture
def staff(machine: Machine, there: Space) -> Member:
    member: Member = RoleFactory(space=machine.space).member
    RoleFactory(space=there, member=member)
    return member


def go(machine: Machine, there: Space, by: Member) -> Machine:
    return move_to_space(
        machine=machine, to=there, room="", reason="Lent", choices={}, by=by, now=NOW
    )


def looked_after(machine: Machine, by: Member) -> None:
    """Plans by hours, of which six are used, and by a counter that went on by sixty."""
    since = NOW - 40 * DAY
    MaintenancePlanFactory(
        machine=machine, basis=UpkeepBasis.HOURS, every=10, title="Oil it", counted_from=since
    )
    UsageSessionFactory(machine=machine, started_at=NOW - DAY, ended_at=NOW - DAY + 6 * HOUR)
    counter = CounterFactory(machine=machine)
    wrong = read_counter(counter=counter, value=Decimal(9000), by=by, now=since)
    correct_reading(reading=wrong, value=Decimal(900), is_restart=False, by=by)
    read_counter(counter=counter, value=Decimal(960), by=by, now=NOW - DAY)
    MaintenancePlanFactory(
        machine=machine,
        basis=UpkeepBasis.COUNTER,
        every=500,
        counter=counter,
        title="Lamp",
        counted_from=since,
    )


def used(machine: Machine, now: datetime = NOW) -> dict[str, int]:
    plans = MaintenancePlan.objects.active().filter(machine=machine)
    return {each.plan.title: each.used for each in standings_of(plans, now=now)}


def test_counts_of_upkeep_go_on_where_they_stood(
    machine: Machine, there: Space, staff: Member
) -> None:
    looked_after(machine, staff)
    made = go(machine, there, staff)
    assert used(made) == {"Oil it": 6, "Lamp": 60}
    assert not MaintenancePlan.objects.filter(machine=machine, ended_at=None).exists()
    assert CounterReading.objects.filter(counter__machine=machine).count() == 3
    UsageSessionFactory(machine=made, started_at=NOW + HOUR, ended_at=NOW + 3 * HOUR)
    assert used(made, NOW + DAY) == {"Oil it": 8, "Lamp": 60}
    plan = MaintenancePlan.objects.get(machine=made, title="Oil it")
    job = record_job(plan=plan, done=Done(done_at=NOW + DAY), by=staff, now=NOW + DAY)
    assert job.used == 8
    assert used(made, NOW + DAY)["Oil it"] == 0


def test_its_questions_and_its_own_device_go_along(
    machine: Machine, there: Space, staff: Member
) -> None:
    QuestionFactory(machine=machine, category=None, space=machine.space, words="Lid closed?")
    plug = MeterFactory(machine=machine, device__space=machine.space).device
    hub = MeterFactory(machine=machine, device__space=machine.space, device__name="Hub").device
    MeterFactory(machine=MachineFactory(space=machine.space), device=hub)
    assert stays_behind(machine).devices == [hub]
    made = go(machine, there, staff)
    assert Question.objects.get(machine=made).space == there
    plug = Device.objects.get(pk=plug.pk)
    assert (plug.space, plug.meters.get(removed_at=None).machine) == (there, made)
    assert Device.objects.get(pk=hub.pk).space == machine.space
    assert not machine.meters.filter(removed_at=None).exists()


def test_what_it_needs_comes_along_where_both_move(
    machine: Machine, extraction: Machine, there: Space, staff: Member
) -> None:
    assert stays_behind(machine).needs == [extraction]
    assert stays_behind(extraction).needed_by == [machine]
    first = go(extraction, there, staff)
    second = go(machine, there, staff)
    assert second.dependencies.get().needs == first


def test_one_just_like_it_is_looked_after_asked_about_and_stopped_as_it_is(
    machine: Machine, extraction: Machine, staff: Member
) -> None:
    looked_after(machine, staff)
    QuestionFactory(machine=machine, category=None, space=machine.space, words="Lid closed?")
    MeterFactory(machine=machine)
    for twin in duplicate(machine=machine, name="Twin", count=2, by=staff, now=NOW):
        assert used(twin) == {"Oil it": 0, "Lamp": 0}
        assert twin.counters.get().readings.count() == 0
        assert twin.plans.get(title="Lamp").counter == twin.counters.get()
        assert twin.questions.get().words == "Lid closed?"
        assert twin.dependencies.get().needs == extraction
        assert not twin.meters.exists()
