"""The pages on which any unit of a pool is reserved, and those on which staff make pools."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from booking.models import Reservation
from booking.queries.pool_times import Level, pool_time
from booking.queries.pools import units_of
from booking.queries.terms import terms_of_many
from booking.services.attendance import check_in
from booking.states import ReservationKind
from machines.models import Machine, Pool
from members.states import Audience
from spaces.intervals import Interval
from tests.booking.lively import NOW, Lively, at, reserve, signed_in
from tests.factories.booking import PolicyFactory
from tests.factories.machines import FaultFactory, MachineFactory
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db

DAY = date(2026, 10, 21)
ASKED = {"date": "2026-10-21", "start": "10:00", "end": "12:00", "purpose": "Gears"}


@pytest.fixture(autouse=True)
def _on_tuesday() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def pool(lively: Lively) -> Pool:
    made = Pool.objects.create(space=lively.space, slug="mk4", name="Prusa MK4")
    for number in (1, 2, 3):
        MachineFactory.create(
            space=lively.space, category=lively.mill.category, name=f"Prusa {number}",
            slug=f"prusa-{number}", pool=made,
        )  # fmt: skip
    return made


def unit(number: int) -> Machine:
    return Machine.objects.select_related("space").get(slug=f"prusa-{number}")


def address(name: str) -> str:
    return reverse(f"booking:{name}", args=["atelier", "mk4"])


def time_of(pool: Pool, window: Interval) -> tuple[Level, ...]:
    units = units_of(pool)
    terms = terms_of_many(units, audience=Audience.MAKER)
    return pool_time(units, window, terms=terms, now=NOW).levels


def levels(pool: Pool, start: str, end: str) -> list[tuple[datetime, int, int]]:
    window = Interval(at(start, DAY), at(end, DAY))
    return [(each.interval.start, each.capacity, each.free_units) for each in time_of(pool, window)]


def test_the_time_of_a_pool_tells_how_many_units_are_free(pool: Pool):
    reserve(unit(1), "10:00", "12:00", DAY)
    reserve(unit(2), "11:00", "13:00", DAY)
    reserve(unit(3), "12:00", "14:00", DAY, kind=ReservationKind.MAINTENANCE, member=None)
    assert levels(pool, "09:00", "15:00") == [
        (at("09:00", DAY), 3, 3),
        (at("10:00", DAY), 3, 2),
        (at("11:00", DAY), 3, 1),
        (at("12:00", DAY), 2, 1),
        (at("13:00", DAY), 2, 2),
        (at("14:00", DAY), 3, 3),
    ]


def test_a_unit_that_is_down_does_not_count_and_the_past_is_left_out(pool: Pool):
    FaultFactory(machine=unit(3), starts_at=at("09:00"))
    window = Interval(at("10:00"), at("12:00"))
    (level,) = time_of(pool, window)
    assert level == (Interval(NOW, at("12:00")), 2, 2)


def test_where_staff_is_needed_only_staffed_hours_count(pool: Pool):
    for each in units_of(pool):
        PolicyFactory(machine=each, staff_needed=True)
    assert levels(pool, "09:00", "15:00") == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_as_many_queries_for_one_reservation_as_for_many(
    count: int, lively: Lively, pool: Pool, django_assert_num_queries: Any
) -> None:
    for number in range(1, count + 1):
        reserve(unit(number), "15:00", "16:00", DAY)
    client = signed_in(lively.maker)
    client.get(address("pool"))
    with django_assert_num_queries(40):
        client.get(address("pool"))


def test_the_page_shows_the_counts_and_offers_the_next_free_hour(lively: Lively, pool: Pool):
    for number in (1, 2, 3):
        reserve(unit(number), "10:00", "11:00", DAY)
    page = signed_in(lively.maker).get(address("pool"))
    text = page.content.decode()
    assert "3 of 3 free" in text
    assert "All taken" in text
    assert page.context["form"].initial["start"] == "11:45"
    assert "You can reserve this time: 3 units are free." in " ".join(text.split())


def test_a_visitor_sees_the_page_and_is_asked_to_sign_in(pool: Pool):
    assert "Sign in to reserve" in Client().get(address("pool")).content.decode()
    assert Client().get(address("pool_verdict"), ASKED).status_code == 200


def test_a_unit_is_reserved_and_not_told_before_check_in(lively: Lively, pool: Pool):
    client = signed_in(lively.maker)
    answer = client.post(address("pool_reserve"), ASKED, follow=True)
    made = Reservation.objects.get(pool=pool)
    text = answer.content.decode()
    assert "Prusa MK4 (any unit)" in text
    assert made.machine.name not in text
    assert "Prusa MK4 (any unit)" in client.get(reverse("booking:reservations")).content.decode()
    check_in(reservation=made, by=lively.maker, now=made.starts_at)
    shown = client.get(reverse("booking:reservation", args=[made.pk])).content.decode()
    assert made.machine.name in shown


def test_checking_in_tells_the_unit(lively: Lively, pool: Pool):
    mine = reserve(unit(2), "11:45", "12:45", member=lively.maker, pool=pool)
    path = reverse("booking:check_in", args=[mine.pk])
    answer = signed_in(lively.maker).post(path, follow=True)
    assert "Checked in. Your unit: Prusa 2." in answer.content.decode()


def test_full_is_told_apart_from_a_faster_click(lively: Lively, pool: Pool):
    client = signed_in(lively.maker)
    seen = client.get(address("pool_verdict"), ASKED).context["seen"]
    for number in (1, 2, 3):
        reserve(unit(number), "10:00", "12:00", DAY)
    full = client.post(address("pool_reserve"), ASKED)
    beaten = client.post(address("pool_reserve"), ASKED | {"seen": seen})
    assert (full.status_code, beaten.status_code) == (409, 409)
    assert "All 3 are taken then. Choose another time." in full.content.decode()
    assert "Someone was faster: what was free a moment ago is full now." in beaten.content.decode()
    assert "Gears" in beaten.content.decode()
    assert "target=pool" in full.context["wait"]


def test_another_time_than_the_one_seen_is_just_full(lively: Lively, pool: Pool):
    client = signed_in(lively.maker)
    seen = client.get(address("pool_verdict"), ASKED | {"start": "08:00"}).context["seen"]
    for number in (1, 2, 3):
        reserve(unit(number), "10:00", "12:00", DAY)
    full = client.post(address("pool_reserve"), ASKED | {"seen": seen})
    assert "All 3 are taken then." in full.content.decode()


def test_it_is_moved_to_whichever_unit_is_free(lively: Lively, pool: Pool):
    mine = reserve(unit(1), "10:00", "12:00", DAY, member=lively.maker, pool=pool)
    reserve(unit(1), "14:00", "16:00", DAY)
    client = signed_in(lively.maker)
    path = reverse("booking:reservation_move", args=[mine.pk])
    assert "Any of Prusa MK4" in client.get(path).content.decode()
    asked = {"date": "2026-10-21", "start": "14:00", "end": "16:00", "to_machine": ""}
    client.post(path, asked)
    mine.refresh_from_db()
    assert (mine.starts_at, mine.pool) == (at("14:00", DAY), pool)
    assert mine.machine != unit(1)


def test_the_catalogue_and_the_machine_lead_to_the_pool(lively: Lively, pool: Pool):
    reserve(unit(1), "11:30", "12:30")
    listed = signed_in(lively.maker).get(reverse("booking:catalogue")).content.decode()
    assert "Any of Prusa MK4" in listed
    assert "2 of 3 free now" in listed
    asked = {"date": "2026-10-20", "start": "12:00", "end": "12:30"}
    then = signed_in(lively.maker).get(reverse("booking:catalogue"), asked).content.decode()
    assert "2 of 3 free then" in then
    shown = Client().get(reverse("booking:machine", args=["atelier", "prusa-1"])).content.decode()
    assert address("pool") in shown


def test_a_pool_without_a_unit_to_be_seen_has_no_page(pool: Pool):
    Machine.objects.filter(pool=pool).update(is_listed=False)
    assert Client().get(address("pool")).status_code == 404


def test_staff_makes_a_pool(lively: Lively):
    client = signed_in(lively.staff)
    path = reverse("booking:space_pools", args=["atelier"])
    both = list(Machine.objects.filter(category=lively.laser.category).values_list("pk", flat=True))
    answer = client.post(path, {"name": "Lasers", "units": both}, follow=True)
    pool = Pool.objects.get()
    assert (pool.slug, pool.machines.count()) == ("lasers", 2)
    assert "Speedy 400" in answer.content.decode()
    assert "Lasers" in client.get(path).content.decode()


@pytest.mark.parametrize("names", [["speedy"], ["speedy", "shaper"]])
def test_one_machine_or_two_kinds_are_no_pool(names: list[str], lively: Lively):
    units = list(Machine.objects.filter(slug__in=names).values_list("pk", flat=True))
    path = reverse("booking:space_pools", args=["atelier"])
    answer = signed_in(lively.staff).post(path, {"name": "Mixed", "units": units})
    assert answer.status_code == 422
    assert "Mixed" in answer.content.decode()
    assert not Pool.objects.exists()


def test_two_pools_of_one_name_have_two_addresses(lively: Lively, pool: Pool):
    path = reverse("booking:space_pools", args=["atelier"])
    both = list(Machine.objects.filter(category=lively.laser.category).values_list("pk", flat=True))
    signed_in(lively.staff).post(path, {"name": "MK4", "units": both})
    assert set(Pool.objects.values_list("slug", flat=True)) == {"mk4", "mk4-2"}


def test_what_is_reserved_on_a_machine_that_leaves_goes_on_elsewhere(lively: Lively, pool: Pool):
    moved = reserve(unit(3), "10:00", "12:00", DAY, pool=pool)
    stuck = reserve(unit(3), "14:00", "16:00", DAY, pool=pool)
    for number in (1, 2):
        reserve(unit(number), "14:00", "16:00", DAY)
    path = reverse("booking:space_pool", args=["atelier", "mk4"])
    asked = {"name": "MK4", "units": [unit(1).pk, unit(2).pk]}
    answer = signed_in(lively.staff).post(path, asked, follow=True)
    moved.refresh_from_db()
    stuck.refresh_from_db()
    assert (moved.pool, moved.machine in {unit(1), unit(2)}) == (pool, True)
    assert (stuck.pool, stuck.machine) == (None, unit(3))
    assert unit(3).pool is None
    text = answer.content.decode()
    assert "1 reservation goes on another unit." in text
    assert "For 1 reservation no other unit is free" in text


def test_staff_sees_the_unit_and_others_do_not_see_whose_it_is(lively: Lively, pool: Pool):
    theirs = reserve(unit(2), "10:00", "12:00", DAY, member=MemberFactory(), pool=pool)
    path = reverse("booking:reservation", args=[theirs.pk])
    assert "Prusa 2 for now, told at check-in" in signed_in(lively.staff).get(path).content.decode()
    assert signed_in(lively.maker).get(path).status_code == 404


def test_a_reservation_far_ahead_is_refused_as_on_a_machine(lively: Lively, pool: Pool):
    far = ASKED | {"date": (NOW.date() + timedelta(days=90)).isoformat()}
    answer = signed_in(lively.maker).post(address("pool_reserve"), far)
    assert answer.status_code == 422
    assert not Reservation.objects.filter(pool=pool).exists()
