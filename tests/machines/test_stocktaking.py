"""A stocktake tells of each code what it is, and at its end what is missing."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from machines.models import Count, Machine, Stocktake
from machines.queries.codes import machine_of_code
from machines.queries.stocktakes import missing_machines, standing_of, stocktakes_of
from machines.services.stocktaking import (
    StocktakeClosed,
    close_stocktake,
    count_code,
    start_stocktake,
    take_back,
)
from machines.states import Outcome
from members.models import Member
from spaces.models import Room, Space
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory, RoleFactory
from tests.factories.spaces import RoomFactory, SpaceFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
LIST = "/spaces/atelier/stocktakes/"


@pytest.fixture
def space() -> Space:
    made: Space = SpaceFactory(slug="atelier", name="Atelier")
    return made


@pytest.fixture
def person(space: Space) -> Member:
    made: Member = RoleFactory(space=space).member
    return made


@pytest.fixture
def staff(client: Client, person: Member) -> Client:
    client.force_login(person)
    return client


@pytest.fixture
def running(space: Space, person: Member) -> Stocktake:
    return start_stocktake(space=space, by=person, now=NOW)


def machine(space: Space, number: str, **fields: object) -> Machine:
    made: Machine = MachineFactory(space=space, inventory_number=number, name=number, **fields)
    return made


def read(stocktake: Stocktake, code: str, room: Room | None = None) -> Outcome:
    by = stocktake.started_by
    return Outcome(count_code(stocktake=stocktake, code=code, room=room, by=by, now=NOW).outcome)


def test_each_code_tells_what_it_is(space: Space, running: Stocktake) -> None:
    upstairs, cellar = RoomFactory(space=space), RoomFactory(space=space)
    laser = machine(space, "A-1", room=upstairs)
    machine(space, "A-2", room=cellar)
    machine(SpaceFactory(), "B-1")
    machine(space, "A-3")
    assert read(running, " a-1 ", upstairs) == Outcome.FOUND
    assert read(running, f"https://old.example/at/atelier/{laser.slug}/") == Outcome.DOUBLE
    assert read(running, "A-2", upstairs) == Outcome.ELSEWHERE
    assert read(running, "A-2", cellar) == Outcome.DOUBLE
    assert read(running, "B-1") == Outcome.ELSEWHERE
    assert read(running, "X-9") == Outcome.UNKNOWN
    assert read(running, "X-9") == Outcome.UNKNOWN
    assert read(running, "x" * 300) == Outcome.UNKNOWN
    standing = standing_of(running)
    assert (standing.expected, standing.present, standing.missing) == (3, 2, 1)
    assert standing.counts[Outcome.UNKNOWN] == 2
    assert [each.inventory_number for each in missing_machines(running)] == ["A-3"]


def test_a_number_that_several_have_means_the_one_that_is_here(space: Space) -> None:
    machine(SpaceFactory(), "A-1")
    machine(space, "A-1", retired_at=NOW)
    here = machine(space, "A-1")
    assert machine_of_code("A-1", space) == here
    assert machine_of_code("", space) is None
    for odd in ("/nowhere/", "https://[", "/at/atelier/", "?"):
        assert machine_of_code(odd, space) is None


def test_closing_writes_down_what_is_missing(
    space: Space, running: Stocktake, person: Member
) -> None:
    machine(space, "A-1")
    lost = machine(space, "A-2")
    machine(space, "A-3", retired_at=NOW)
    read(running, "A-1")
    closed = close_stocktake(stocktake=running, by=person, now=NOW + timedelta(hours=1))
    assert closed.closed_by == person
    assert [each.machine for each in closed.counts.filter(outcome=Outcome.MISSING)] == [lost]
    # What comes or goes later does not change what was counted.
    machine(space, "A-4")
    Machine.objects.filter(inventory_number="A-1").update(retired_at=NOW)
    standing = standing_of(closed)
    assert (standing.expected, standing.present, standing.missing) == (2, 1, 1)
    with pytest.raises(StocktakeClosed):
        read(running, "A-2")
    with pytest.raises(StocktakeClosed):
        close_stocktake(stocktake=running, by=person, now=NOW)
    with pytest.raises(StocktakeClosed):
        take_back(count=closed.counts.first())


def test_one_is_open_at_a_time(space: Space, running: Stocktake, person: Member) -> None:
    assert start_stocktake(space=space, by=person, now=NOW) == running
    with pytest.raises(IntegrityError), transaction.atomic():
        Stocktake.objects.create(space=space, started_at=NOW)
    close_stocktake(stocktake=running, by=person, now=NOW)
    assert start_stocktake(space=space, by=person, now=NOW) != running
    (newest, _older) = stocktakes_of(space)
    assert (newest.present, newest.missing) == (0, 0)
    assert str(space) in str(newest)


def test_what_was_read_by_mistake_is_taken_back(space: Space, running: Stocktake) -> None:
    machine(space, "A-1")
    for code in ("A-1", "A-1", "X-9"):
        read(running, code)
    unknown = running.counts.get(outcome=Outcome.UNKNOWN)
    assert str(unknown) == "X-9: unknown"
    take_back(count=unknown)
    take_back(count=running.counts.get(outcome=Outcome.DOUBLE))
    assert standing_of(running).present == 1
    read(running, "A-1")
    take_back(count=running.counts.get(outcome=Outcome.FOUND))
    assert not running.counts.exists()


CODES = st.lists(st.sampled_from(["A-1", "A-2", "A-3", "B-1", "X-1", "X-2"]), max_size=15)


@settings(max_examples=25)
@given(CODES)
def test_every_machine_is_there_or_missing_and_never_both(
    space: Space, person: Member, codes: list[str]
) -> None:
    with transaction.atomic():
        for number in ("A-1", "A-2", "A-3"):
            machine(space, number)
        machine(SpaceFactory(), "B-1")
        running = start_stocktake(space=space, by=person, now=NOW)
        for code in codes:
            read(running, code)
        close_stocktake(stocktake=running, by=person, now=NOW)
        told = {
            outcome: set(
                running.counts.filter(outcome=outcome).values_list(
                    "machine__inventory_number", flat=True
                )
            )
            for outcome in Outcome
        }
        ours = {code for code in codes if code.startswith("A")}
        assert told[Outcome.FOUND] == ours
        assert told[Outcome.MISSING] == {"A-1", "A-2", "A-3"} - ours
        assert running.counts.filter(outcome=Outcome.UNKNOWN).count() == len(
            {code for code in codes if code.startswith("X")}
        )
        standing = standing_of(running)
        assert standing.present + standing.missing == standing.expected == 3
        transaction.set_rollback(True)


def test_any_phone_counts_by_the_page_behind_a_label(
    staff: Client, space: Space, client: Client
) -> None:
    behind = f"/at/atelier/{machine(space, 'A-1').slug}/"
    assert "Count this machine" not in staff.get(behind).text
    address = staff.post(LIST)["Location"]
    page = staff.get(behind).text
    assert f'action="{address}"' in page
    assert "1 of 1" in staff.post(address, {"code": behind}).text
    client.force_login(MemberFactory())
    assert "Count this machine" not in client.get(behind).text


def test_the_page_counts_without_a_script(staff: Client, space: Space) -> None:
    room = RoomFactory(space=space, name="Cellar")
    machine(space, "A-1", room=room)
    machine(space, "A-2")
    assert "Print labels first" in staff.get(LIST).text
    address = staff.post(LIST)["Location"]
    assert "0 of 2" in staff.get(address).text
    answer = staff.post(address, {"code": "A-1", "room": room.pk})
    assert "1 of 2" in answer.text
    assert re.search(rf'<option value="{room.pk}"\s+selected', answer.text)
    assert "counted already" in staff.post(address, {"code": "A-1", "room": "x"}).text
    assert "unknown" in staff.post(address, {"code": "X-1\0"}).text
    assert staff.post(address, {"code": " "}).status_code == 200
    found = Count.objects.get(outcome=Outcome.FOUND)
    assert "0 of 2" in staff.post(address, {"step": "back", "count": found.pk}, follow=True).text
    assert staff.post(address, {"step": "back", "count": "x"}).status_code == 404
    staff.post(address, {"code": "A-2"})
    answer = staff.post(address, {"step": "close"}, follow=True)
    assert "1 machine is missing" in answer.text
    assert "This stocktake is closed" in staff.post(address, {"code": "A-1"}, follow=True).text
    assert "1 missing" in staff.get(LIST).text


def test_the_page_shows_what_is_new_alone(staff: Client, space: Space) -> None:
    machine(space, "A-1")
    address = staff.post(LIST)["Location"]
    answer = staff.post(address, {"code": "A-1"}, headers={"HX-Target": "running"})
    assert "<html" not in answer.text
    assert "Every machine was found" in answer.text


def test_the_file_tells_all_of_it(staff: Client, space: Space) -> None:
    machine(space, "=A-1", room=RoomFactory(space=space, name="Cellar"))
    machine(space, "A-2")
    address = staff.post(LIST)["Location"]
    staff.post(address, {"code": "=A-1"})
    staff.post(address, {"code": "X-1"})
    staff.post(address, {"step": "close"})
    answer = staff.get(f"{address}stocktake.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {(row["outcome"], row["code"]) for row in rows} == {
        ("found", "'=A-1"),
        ("unknown", "X-1"),
        ("missing", "A-2"),
    }
    assert {row["room"] for row in rows} == {"Cellar", ""}


@pytest.mark.parametrize("count", [1, 3])
def test_counting_takes_as_many_queries_in_a_large_space(
    staff: Client, space: Space, count: int, django_assert_max_num_queries
) -> None:
    for at in range(count):
        machine(space, f"A-{at}", room=RoomFactory(space=space))
    address = staff.post(LIST)["Location"]
    for at in range(count):
        staff.post(address, {"code": f"A-{at}"})
    with django_assert_max_num_queries(22):
        staff.post(address, {"code": "A-0"}, headers={"HX-Target": "running"})


def test_a_stocktake_is_not_reached_through_another_space(
    staff: Client, space: Space, person: Member
) -> None:
    theirs = start_stocktake(space=SpaceFactory(), by=person, now=NOW)
    assert staff.get(f"{LIST}{theirs.pk}/").status_code == 404
    assert staff.post(f"{LIST}{theirs.pk}/", {"step": "close"}).status_code == 404
    assert staff.get(f"{LIST}{theirs.pk}/stocktake.csv").status_code == 404
    mine = start_stocktake(space=space, by=person, now=NOW)
    count = count_code(stocktake=theirs, code="X-1", room=None, by=person, now=NOW)
    taken = staff.post(f"{LIST}{mine.pk}/", {"step": "back", "count": count.pk})
    assert taken.status_code == 404
