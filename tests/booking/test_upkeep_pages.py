"""The pages of upkeep: what is due, a plan, a job that was done, a counter."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from booking.models import Reservation
from machines.models import Counter, CounterReading, Machine, MaintenanceJob, MaintenancePlan
from machines.services.maintenance import read_counter
from machines.states import UpkeepBasis
from tests.booking.lively import signed_in
from tests.factories.booking import ReservationFactory
from tests.factories.machines import CounterFactory, MachineFactory, MaintenancePlanFactory
from tests.factories.members import RoleFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TYPED = {
    "title": "Clean the lens",
    "every": "100",
    "basis": "hours",
    "counter": "",
    "counted_from": "2026-04-20",
    "duration": "2 h",
    "checklist": "Unplug\nClean",
    "parts": "Wipes",
    "step": "save",
}


@pytest.fixture(autouse=True)
def frozen() -> Any:
    """The clock stands still."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def machine() -> Machine:
    """A machine that is always open."""
    found: Machine = MachineFactory(name="Speedy")
    return found


@pytest.fixture
def staff(machine: Machine) -> Client:
    """The browser of somebody who works there."""
    return signed_in(RoleFactory(space=machine.space).member)


def page(machine: Machine, name: str = "machine_upkeep", *more: int) -> str:
    return reverse(f"booking:{name}", args=[machine.space.slug, machine.slug, *more])


def of_space(machine: Machine) -> str:
    return reverse("booking:upkeep", args=[machine.space.slug])


def plan(machine: Machine, **more: Any) -> MaintenancePlan:
    row: MaintenancePlan = MaintenancePlanFactory(
        **{"machine": machine, "counted_from": NOW - 40 * DAY, **more}
    )
    return row


def test_without_plans_the_pages_say_what_to_do(staff: Client, machine: Machine) -> None:
    assert "No plan yet" in staff.get(of_space(machine)).text
    told = staff.get(page(machine)).text
    assert "No plan yet" in told
    assert page(machine, "upkeep_new") in told
    assert page(machine) in staff.get(page(machine, "maintenance")).text


def test_a_plan_is_made_and_changed(staff: Client, machine: Machine) -> None:
    answer = staff.post(page(machine, "upkeep_new"), TYPED)
    assert answer["Location"] == page(machine)
    row = MaintenancePlan.objects.get()
    assert (row.basis, row.every, row.duration) == (UpkeepBasis.HOURS, 100, 2 * HOUR)
    assert row.counted_from == datetime(2026, 4, 19, 22, tzinfo=UTC)
    told = staff.get(page(machine)).text
    assert "0 / 100 hours of use" in told
    assert "not foreseeable" in told
    staff.post(page(machine, "upkeep_plan", row.pk), TYPED | {"every": "150"})
    row.refresh_from_db()
    assert row.every == 150
    assert 'value="2026-04-20"' in staff.get(page(machine, "upkeep_plan", row.pk)).text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"duration": ""}, "This field is required."),
        ({"duration": "soon"}, "Write a length of time"),
        ({"duration": "0 min"}, "Say how long it takes."),
        ({"duration": "13 h"}, "Give at most 12 hours"),
        ({"every": "0"}, "greater than or equal to 1"),
        ({"counted_from": "2026-05-05"}, "Give a day that has been."),
        ({"basis": "counter"}, "Choose a counter"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_typed_is_lost(
    staff: Client, machine: Machine, typed: dict[str, str], told: str
) -> None:
    answer = staff.post(page(machine, "upkeep_new"), TYPED | typed)
    assert answer.status_code == 422
    for text in (told, "Clean the lens", "Wipes"):
        assert text in answer.text
    assert not MaintenancePlan.objects.exists()


def test_time_is_put_aside_or_chosen_by_hand(staff: Client, machine: Machine) -> None:
    row = plan(machine)
    answer = staff.post(page(machine, "upkeep_place", row.pk), follow=True)
    assert "Time is put aside" in answer.text
    assert "Put time aside" not in answer.text
    Reservation.objects.all().delete()
    MaintenancePlan.objects.update(event=None)
    for day in range(31):
        ReservationFactory(
            machine=machine, starts_at=NOW + day * DAY, ends_at=NOW + (day + 1) * DAY
        )
    answer = staff.post(page(machine, "upkeep_place", row.pk), follow=True)
    assert "no free time near that day" in answer.text
    assert answer.redirect_chain[-1][0] == page(machine, "maintenance")
    Reservation.objects.filter(starts_at=NOW + 3 * DAY).update(ends_at=NOW + 3 * DAY + 20 * HOUR)
    Reservation.objects.filter(starts_at=NOW + 3 * DAY).update(
        occupied_until=NOW + 3 * DAY + 20 * HOUR
    )
    MaintenancePlan.objects.update(duration=12 * HOUR)
    answer = staff.post(page(machine, "upkeep_place", row.pk), follow=True)
    assert "free at a stretch: at most" in answer.text


def picture() -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (20, 10), "green").save(out, "PNG")
    return SimpleUploadedFile("after.png", out.getvalue())


def test_a_job_is_written_down_with_its_photo(staff: Client, machine: Machine) -> None:
    row = plan(machine, checklist="Unplug\nClean", parts="Wipes")
    told = staff.get(page(machine, "upkeep_job", row.pk)).text
    assert "Unplug" in told
    assert "Wipes" in told
    answer = staff.post(
        page(machine, "upkeep_job", row.pk),
        {
            "done_on": "2026-05-03",
            "ticked": ["0"],
            "parts": "3 wipes",
            "cost": "12.50",
            "note": "Loose mirror",
            "photo": picture(),
        },
    )
    assert answer["Location"] == page(machine)
    job = MaintenanceJob.objects.get()
    assert (job.done_at, job.cost) == (
        datetime(2026, 5, 3, 21, 59, 59, tzinfo=UTC),
        Decimal("12.5"),
    )
    told = staff.get(page(machine)).text
    for text in ("3 wipes", "12.50", "Loose mirror", "left out", "Clean"):
        assert text in told
    photo = staff.get(reverse("booking:upkeep_photo", args=[machine.space.slug, job.pk]))
    assert photo["Content-Type"] == "image/jpeg"
    job.photo = ""
    job.save()
    gone = staff.get(reverse("booking:upkeep_photo", args=[machine.space.slug, job.pk]))
    assert gone.status_code == 404


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"done_on": "2026-05-05"}, "Give a day from the last time until today."),
        ({"done_on": "2026-03-01"}, "Give a day from the last time until today."),
        ({"cost": "-1"}, "greater than or equal to 0"),
        ({"photo": SimpleUploadedFile("x.png", b"no picture")}, "not a picture"),
    ],
)
def test_a_job_that_cannot_be(
    staff: Client, machine: Machine, typed: dict[str, Any], told: str
) -> None:
    row = plan(machine)
    form = {"done_on": "2026-05-04", "parts": "3 wipes", "note": "Loose mirror"}
    answer = staff.post(page(machine, "upkeep_job", row.pk), form | typed)
    assert answer.status_code == 422
    for text in (told, "3 wipes", "Loose mirror"):
        assert text in answer.text
    assert not MaintenanceJob.objects.exists()


def test_a_plan_comes_no_more(staff: Client, machine: Machine) -> None:
    row = plan(machine)
    answer = staff.post(page(machine, "upkeep_plan", row.pk), {"step": "end"}, follow=True)
    assert "does not come again" in answer.text
    assert staff.get(page(machine, "upkeep_plan", row.pk)).status_code == 404


def test_a_counter_is_added_and_read(staff: Client, machine: Machine) -> None:
    answer = staff.post(page(machine, "counter_new"), {"name": "Lamp hours", "unit": "h"})
    counter = Counter.objects.get()
    assert answer["Location"] == page(machine, "counter", counter.pk)
    again = staff.post(page(machine, "counter_new"), {"name": "Lamp hours", "unit": "h"})
    assert "has a counter of this name" in again.text
    where = page(machine, "counter", counter.pk)
    staff.post(where, {"value": "1200.5"})
    assert CounterReading.objects.get().value == Decimal("1200.5")
    with time_machine.travel(NOW + HOUR / 2, tick=False):
        low = staff.post(where, {"value": "3"})
    assert (low.status_code, "Last time it showed 1200.50" in low.text) == (422, True)
    with time_machine.travel(NOW + HOUR, tick=False):
        staff.post(where, {"value": "3", "is_restart": "on"})
    told = staff.get(where).text
    assert "began anew" in told
    assert "3 h" in staff.get(page(machine)).text


def test_a_reading_is_corrected_and_stays_to_be_seen(staff: Client, machine: Machine) -> None:
    counter = CounterFactory(machine=machine)
    wrong = read_counter(counter=counter, value=Decimal(1300), by=None, now=NOW - DAY)
    read_counter(counter=counter, value=Decimal(1310), by=None, now=NOW)
    where = f"{page(machine, 'counter', counter.pk)}readings/{wrong.pk}/"
    assert "1300" in staff.get(where).text
    assert "After that it showed only 1310.00" in staff.post(where, {"value": "1311"}).text
    assert "counts no more" in staff.post(where, {"value": ""}).text
    told = staff.post(where, {"value": "1290"}, follow=True).text
    assert "<s>1300" in told
    assert "corrects an earlier one" in told
    assert "corrected already" in staff.post(where, {"value": "1291"}).text


def test_the_counter_of_a_job_is_read_with_it(staff: Client, machine: Machine) -> None:
    counter = CounterFactory(machine=machine)
    read_counter(counter=counter, value=Decimal(900), by=None, now=NOW - 50 * DAY)
    row = plan(machine, basis=UpkeepBasis.COUNTER, counter=counter, every=500)
    where = page(machine, "upkeep_job", row.pk)
    low = staff.post(where, {"done_on": "2026-05-04", "reading": "0"})
    assert "Last time it showed 900.00" in low.text
    staff.post(where, {"done_on": "2026-05-04", "reading": "0", "is_restart": "on"})
    assert MaintenanceJob.objects.count() == 1
    assert "0 / 500 h" in staff.get(page(machine)).text


def test_a_space_sees_all_its_machines_and_what_it_spent(staff: Client, machine: Machine) -> None:
    plan(machine)
    plan(MachineFactory(space=machine.space, name="Shaper"), title="Oil it")
    plan(MachineFactory(name="Elsewhere"))
    MaintenanceJob.objects.create(
        machine=machine, title="Cleaned", done_at=NOW - DAY, cost=Decimal(40)
    )
    MaintenanceJob.objects.create(
        machine=machine, title="Long ago", done_at=NOW - 500 * DAY, cost=Decimal(60)
    )
    told = staff.get(of_space(machine)).text
    for text in ("Speedy", "Shaper", "Oil it", "40.00", "Long ago"):
        assert text in told
    assert "Elsewhere" not in told
