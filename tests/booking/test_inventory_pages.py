"""The pages of an inventory: tick, change together, retire, move, look back and take back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from booking.models import Reservation
from machines.models import Change, Machine
from machines.services.machines import load_machine
from machines.services.specs import Line, save_specs
from machines.views.inventory import PER_PAGE
from members.models import Member
from spaces.models import Space
from tests.factories.booking import ReservationFactory, UsageSessionFactory
from tests.factories.machines import CategoryFactory, MachineFactory
from tests.factories.members import CompanyFactory, MemberFactory, RoleFactory, SkillFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_a_monday() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def space() -> Space:
    return SpaceFactory(slug="lab", name="Lab")


@pytest.fixture
def staff(space: Space) -> Member:
    return RoleFactory(space=space).member


@pytest.fixture
def desk(client: Client, staff: Member) -> Client:
    client.force_login(staff)
    return client


def url(name: str, *arguments: object) -> str:
    return reverse(name, args=["lab", *arguments])


def tick(desk: Client, *machines: Machine, step: str = "", **told: object) -> Any:
    data = {"machine": [each.pk for each in machines], "step": step, **told}
    return desk.post(url("machines:inventory_choose"), data)


def test_what_is_ticked_stays_from_page_to_page(desk: Client, space: Space) -> None:
    machines = MachineFactory.create_batch(PER_PAGE + 2, space=space, category=CategoryFactory())
    machines.sort(key=lambda each: each.name)
    first, last = machines[0], machines[-1]
    gone = tick(desk, first, shown=[first.pk], to="2", filters="text=Machine")
    assert gone["Location"] == f"{url('machines:inventory')}?text=Machine&page=2"
    tick(desk, last, shown=[last.pk])
    shown = desk.get(url("booking:inventory_bulk")).text
    assert "2 machines ticked" in shown
    tick(desk, shown=[last.pk])
    assert "1 machine ticked" in desk.get(url("booking:inventory_bulk")).text
    tick(desk, step="all", filters="")
    assert f"{PER_PAGE + 2} machines ticked" in desk.get(url("booking:inventory_bulk")).text
    tick(desk, step="none")
    assert "Tick machines in the inventory first" in desk.get(url("booking:inventory_bulk")).text
    tick(desk, step="page", shown=[first.pk, last.pk])
    assert "2 ticked" in desk.get(url("machines:inventory")).text


def test_machines_of_another_space_cannot_be_ticked(desk: Client) -> None:
    tick(desk, MachineFactory())
    assert "Tick machines in the inventory first" in desk.get(url("booking:inventory_bulk")).text
    assert tick(desk, step="change")["Location"] == url("booking:inventory_bulk")


def test_changed_together_after_a_look_and_taken_back(desk: Client, space: Space) -> None:
    first, second = MachineFactory.create_batch(2, space=space, funder="Bund")
    tick(desk, first, second)
    address = url("booking:inventory_bulk")
    assert desk.post(address, {"step": "look"}).status_code == 422
    data = {"funder": "Kanton", "room": "UG", "step": "look"}
    shown = desk.post(address, data).text
    assert "2 machines will change" in shown
    assert not Change.objects.exists()
    seen = shown.split('name="previewed" value="')[1].split('"')[0]
    stale = desk.post(address, data | {"step": "save", "previewed": seen, "funder": "x"})
    assert "new since the preview" in stale.text
    done = desk.post(address, data | {"step": "save", "previewed": seen}, follow=True)
    change = Change.objects.get()
    assert done.redirect_chain[-1][0] == url("booking:inventory_change", change.pk)
    assert set(Machine.objects.values_list("funder", "room__name")) == {("Kanton", "UG")}
    back = desk.post(url("booking:inventory_change", change.pk), follow=True)
    assert "Taken back." in back.text
    assert set(Machine.objects.values_list("funder", flat=True)) == {"Bund"}
    assert not Machine.objects.exclude(room=None).exists()
    assert "taken back" in desk.get(url("booking:inventory_changes")).text
    again = desk.post(url("booking:inventory_change", change.pk), follow=True)
    assert "nothing to take back" in again.text


def test_both_ways_at_once_is_refused(desk: Client, space: Space) -> None:
    SkillFactory(name="Laser")
    tick(desk, MachineFactory(space=space))
    refused = desk.post(url("booking:inventory_bulk"), {"adds": ["Laser"], "drops": ["Laser"]})
    assert refused.status_code == 422
    assert "cannot be asked for and not" in refused.text


@pytest.mark.parametrize("count", [1, 3])
def test_the_inventory_asks_as_much_for_many_machines_as_for_one(
    desk: Client, space: Space, count: int
) -> None:
    company = CompanyFactory()
    for machine in MachineFactory.create_batch(count, space=space, owner_company=company):
        machine.skills.add(SkillFactory())
    with CaptureQueriesContext(connection) as asked:
        assert desk.get(url("machines:inventory")).status_code == 200
    assert len(asked) == 17


def test_histories_ask_as_much_for_many_changes_as_for_one(desk: Client, space: Space) -> None:
    laser = MachineFactory(space=space, slug="laser")
    pages = (url("booking:inventory_changes"), url("booking:machine_history", "laser"))
    asked: dict[str, list[int]] = {page: [] for page in pages}
    for loaded in ("PLA", "PETG", "ABS"):
        load_machine(machine=laser, loaded=loaded, by=MemberFactory(), now=NOW)
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                assert loaded in desk.get(page).text
            asked[page].append(len(queries))
    assert all(len(set(counts)) == 1 for counts in asked.values()), asked


def test_the_inventory_is_narrowed_by_owner_and_by_what_is_loaded(
    desk: Client, space: Space
) -> None:
    MachineFactory(space=space, name="Alpha", owner_company=CompanyFactory(slug="acme"))
    MachineFactory(space=space, name="Beta", loaded="PETG", serial_number="SN 7")
    for query, there, away in (
        ("owner=company:acme", "Alpha", "Beta"),
        ("owner=own", "Beta", "Alpha"),
        ("text=petg", "Beta", "Alpha"),
        ("text=sn+7", "Beta", "Alpha"),
    ):
        shown = desk.get(f"{url('machines:inventory')}?{query}").text
        assert f">{there}<" in shown
        assert f">{away}<" not in shown


FORM = {"name": "Mill", "category": "cnc", "purchase_date": "2024-05-04", "useful_life": "4"}


def test_made_by_hand_and_edited_with_the_book_value(desk: Client, space: Space) -> None:
    CategoryFactory(slug="cnc")
    refused = desk.post(url("machines:machine_new"), FORM | {"residual_value": "5"})
    assert refused.status_code == 422
    assert "No more can be left" in refused.text
    assert 'value="Mill"' in refused.text
    made = desk.post(url("machines:machine_new"), FORM | {"purchase_price": "4800"})
    mill = Machine.objects.get()
    address = url("machines:machine_edit", mill.slug)
    assert made["Location"] == address
    page = desk.get(address)
    assert "CHF\u00a02’400.00" in page.text
    seen = page.context["seen"]
    data = FORM | {"purchase_price": "4800", "room": "UG", "others_ahead_days": "3"}
    assert "Say first who owns" in desk.post(address, data | {"seen": seen}).text
    del data["others_ahead_days"]
    assert desk.post(address, data | {"seen": seen}).status_code == 302
    late = desk.post(address, data | {"seen": seen, "room": "OG"})
    assert late.status_code == 409
    assert "meanwhile" in late.text
    desk.post(address, data | {"seen": late.context["seen"], "room": "OG"})
    mill.refresh_from_db()
    assert mill.room.name == "OG"
    history = desk.get(url("booking:machine_history", mill.slug)).text
    assert history.count("Room") == 2
    assert "UG" in history


def test_lines_of_the_sheet_are_part_of_the_history(desk: Client, space: Space) -> None:
    laser = MachineFactory(space=space, slug="laser")
    laser.specs.create(name="Power", value="60", unit="W")
    save_specs(
        machine=laser,
        work_area="600 × 400 mm",
        materials="",
        lines=[Line("Power", "80", "W")],
        by=MemberFactory(),
        now=NOW,
    )
    assert "Power: 80 W" in desk.get(url("booking:machine_history", "laser")).text
    desk.post(url("booking:inventory_change", Change.objects.get().pk))
    laser.refresh_from_db()
    assert (laser.work_area, str(laser.specs.get())) == ("", "Power: 60 W")


def test_duplicated(desk: Client, space: Space) -> None:
    laser = MachineFactory(space=space, slug="laser")
    address = url("booking:machine_copy", laser.slug)
    assert desk.get(address).status_code == 200
    assert desk.post(address, {"name": "Twin", "count": "0"}).status_code == 422
    one = desk.post(address, {"name": "Twin", "count": "1"})
    assert one["Location"] == url("machines:machine_edit", "twin")
    many = desk.post(address, {"name": "More", "count": "3"})
    assert many["Location"] == url("machines:inventory")
    assert space.machines.count() == 5


def test_retired_with_who_is_displaced_shown_first(desk: Client, space: Space) -> None:
    laser = MachineFactory(space=space, slug="laser", name="Laser")
    row = ReservationFactory(machine=laser, starts_at=NOW + timedelta(days=2))
    address = url("booking:machine_retire", "laser")
    assert desk.post(address, {"reason": ""}).status_code == 422
    asked = desk.post(address, {"reason": "Sold"})
    assert "1 reservation is in the way" in asked.text
    choice = {each.name: each.selected for each in asked.context["displaced"]}
    done = desk.post(address, {"reason": "Sold", "step": "save", **choice}, follow=True)
    assert "1 machine has left service" in done.text
    row.refresh_from_db()
    laser.refresh_from_db()
    assert (row.state, laser.retired_at) == ("cancelled", NOW)
    shown = desk.get(url("machines:machine_edit", "laser")).text
    assert "Bring it back" in shown
    assert "in service again" in desk.post(url("booking:machine_back", "laser"), follow=True).text


def test_the_ticked_leave_together_unless_one_is_in_use(desk: Client, space: Space) -> None:
    first, second = MachineFactory.create_batch(2, space=space)
    tick(desk, first, second, step="retire")
    session = UsageSessionFactory(machine=first, started_at=NOW - timedelta(hours=1))
    refused = desk.post(url("booking:inventory_retire"), {"reason": "Sold"})
    assert refused.status_code == 409
    assert "somebody uses it now" in refused.text
    session.ended_at = NOW
    session.save()
    done = desk.post(url("booking:inventory_retire"), {"reason": "Sold"}, follow=True)
    assert "2 machines have left service" in done.text
    assert not Machine.objects.in_service().exists()


def test_moved_by_who_works_in_both_and_found_at_its_old_address(
    desk: Client, space: Space, staff: Member
) -> None:
    MachineFactory(space=space, name="Laser", slug="laser")
    address = url("booking:machine_move", "laser")
    assert "Only who works in both spaces" in desk.get(address).text
    there = SpaceFactory(slug="nord")
    refused = desk.post(address, {"to": "nord", "reason": "Lent"})
    assert refused.status_code == 422
    RoleFactory(space=there, member=staff)
    desk.post(address, {"to": "nord", "reason": "Lent", "room": "Halle"})
    made = Machine.objects.get(space=there)
    assert (made.slug, made.room.name) == ("laser", "Halle")
    client = Client()
    for name in ("booking:at_machine", "booking:machine"):
        assert client.get(url(name, "laser"))["Location"] == reverse(name, args=["nord", "laser"])
    assert client.get(url("booking:machine", "nothing")).status_code == 404
    assert "It stands in" in desk.get(url("machines:machine_edit", "laser")).text
    back = desk.post(url("booking:machine_back", "laser"), follow=True)
    assert "move it from there" in back.text


def test_what_is_loaded_is_said_by_staff_and_by_who_uses_it_now(
    client: Client, space: Space, staff: Member
) -> None:
    printer = MachineFactory(space=space, slug="printer")
    page, say = url("booking:at_machine", "printer"), url("booking:loaded", "printer")
    maker = MemberFactory()
    client.force_login(maker)
    assert client.post(say, {"loaded": "PLA"}).status_code == 403
    UsageSessionFactory(machine=printer, member=maker, started_at=NOW, reservation=None)
    assert client.post(say, {"loaded": " PETG,  0.4 mm "})["Location"] == page
    printer.refresh_from_db()
    assert (printer.loaded, printer.loaded_by) == ("PETG, 0.4 mm", maker)
    assert "PETG, 0.4 mm" in client.get(reverse("booking:catalogue")).text
    assert "PETG, 0.4 mm" in client.get(url("booking:machine", "printer")).text
    client.force_login(staff)
    assert "too long" not in client.post(say, {"loaded": "x" * 200}, follow=True).text
    printer.refresh_from_db()
    assert printer.loaded == "PETG, 0.4 mm"
    assert maker.name in client.get(page).text
    assert not Reservation.objects.exists()
