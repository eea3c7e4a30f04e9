"""The cart as people see it: collecting machines, one time for all, the entry among mine."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from billing.models import HourlyPrice
from booking.facts import BookingRequest
from booking.models import Reservation
from booking.services.carts import reserve_together
from booking.services.placing import Claim
from machines.models import Machine, Pool
from tests.booking.lively import NOW, Lively, at, signed_in
from tests.factories.booking import PolicyFactory, ReservationFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import SkillFactory

pytestmark = pytest.mark.django_db

CART = "/cart/"
ASKED = {"date": "2026-10-21", "start": "10:00", "end": "12:00"}


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def bench(lively: Lively) -> Machine:
    return MachineFactory(space=lively.space, category=lively.laser.category, name="Bench")


def collect(client: Client, *machines: Machine) -> None:
    for machine in machines:
        client.post(reverse("booking:cart_add"), {"machine": machine.pk})


def test_a_visitor_collects_and_is_asked_to_sign_in(lively: Lively, bench: Machine) -> None:
    client = Client()
    assert "The cart is empty" in client.get(CART).text
    collect(client, lively.laser, bench, bench)
    page = client.get(CART).text
    assert "Reserve 2 machines" not in page
    assert "Sign in to reserve" in page
    assert "In the cart" in client.get("/machines/").text


def test_back_to_the_page_where_it_was_chosen_but_to_no_other(
    lively: Lively, bench: Machine
) -> None:
    client = Client()
    for asked, led in (("/machines/?q=x", "/machines/?q=x"), ("https://evil.example/", CART)):
        answer = client.post(reverse("booking:cart_add"), {"machine": bench.pk, "next": asked})
        assert answer["Location"] == led


def test_a_machine_of_another_space_is_kept_out_and_told(lively: Lively) -> None:
    client, elsewhere = Client(), MachineFactory(name="Far away")
    collect(client, lively.laser, elsewhere)
    page = client.get(CART).text
    assert "Far away stands elsewhere: your cart holds machines of Atelier Zürich." in page
    assert client.session["cart"] == [lively.laser.pk]


def test_a_machine_that_is_not_there_is_not_found(lively: Lively) -> None:
    for told in ("", "x", "99999999999999999999999", MachineFactory(is_listed=False).pk):
        answer = Client().post(reverse("booking:cart_add"), {"machine": told})
        assert answer.status_code == 404


def test_it_is_emptied_one_by_one_or_at_once(lively: Lively, bench: Machine) -> None:
    client = Client()
    collect(client, lively.laser, bench)
    client.post(reverse("booking:cart_remove"), {"machine": bench.pk})
    assert client.session["cart"] == [lively.laser.pk]
    client.post(reverse("booking:cart_remove"))
    assert client.session["cart"] == []


def test_it_opens_with_the_first_time_at_which_all_are_free(lively: Lively, bench: Machine) -> None:
    ReservationFactory(machine=bench, starts_at=at("15:00"), ends_at=at("19:00"))
    client = signed_in(lively.maker)
    collect(client, lively.laser, bench)
    page = client.get(CART)
    # The laser is taken until 15:30 and from 17 to 18; the bench from 15 to 19.
    assert page.context["form"].initial["start"] == "12:30"
    assert page.context["form"].initial["end"] == "13:30"
    assert [slot.start for slot, _address in page.context["slots"][:2]] == [
        at("12:30"),
        at("19:00"),
    ]
    assert "You can reserve all of them for this time." in page.text


def test_the_verdict_names_machines_and_adds_the_prices_up(lively: Lively, bench: Machine) -> None:
    for machine, hourly in ((lively.laser, 20), (bench, 5)):
        HourlyPrice.objects.create(machine=machine, audience="maker", amount=Decimal(hourly))
    bench.skills.add(SkillFactory(name="Bench induction"))
    client = signed_in(lively.maker)
    collect(client, lively.laser, bench)
    page = client.get(reverse("booking:cart_verdict"), ASKED).text
    assert "Bench: You need this first: Bench induction." in page
    for price in ("CHF 40.00", "CHF 10.00", "CHF 50.00"):
        assert price in page.replace("\xa0", " ")


def test_reserving_empties_the_cart_and_leads_to_its_page(lively: Lively, bench: Machine) -> None:
    client = signed_in(lively.maker)
    collect(client, lively.laser, bench)
    answer = client.post(CART, {**ASKED, "purpose": "Lamp"})
    first, second = Reservation.objects.filter(purpose="Lamp").order_by("pk")
    assert answer["Location"] == reverse("booking:reservation", args=[first.pk])
    assert "cart" not in client.session
    page = client.get(answer["Location"]).text
    assert "Speedy 400 + Bench" in page
    assert reverse("booking:reservation", args=[second.pk]) in page
    assert client.get("/reservations/").text.count("Speedy 400 + Bench") == 1


def test_a_refusal_keeps_what_was_typed_and_offers_other_times(
    lively: Lively, bench: Machine
) -> None:
    ReservationFactory(machine=bench, starts_at=at("11:00", datetime(2026, 10, 21).date()))
    client = signed_in(lively.maker)
    collect(client, lively.laser, bench)
    answer = client.post(CART, {**ASKED, "purpose": "Lamp"})
    assert answer.status_code == 409
    assert "Bench: Someone else has this time." in answer.text
    assert 'value="Lamp"' in answer.text
    assert len(answer.context["slots"]) > 1
    assert client.post(CART, {"purpose": "Lamp"}).status_code == 422
    assert client.session["cart"] == [lively.laser.pk, bench.pk]


def test_each_machine_is_checked_in_from_the_page_of_any(lively: Lively, bench: Machine) -> None:
    machines = [lively.laser, bench]
    start = at("12:30")
    made = reserve_together(
        machines=machines,
        claim=Claim(member=lively.maker, by=lively.maker),
        request=BookingRequest(starts_at=start, ends_at=start + timedelta(hours=1)),
        now=NOW,
    )
    client = signed_in(lively.maker)
    with time_machine.travel(start, tick=False):
        page = client.get(reverse("booking:reservation", args=[made[1].pk])).text
        for row in made:
            assert reverse("booking:check_in", args=[row.pk]) in page


def test_staff_sees_a_cart_as_one_request(lively: Lively, bench: Machine) -> None:
    PolicyFactory(machine=bench, approval_needed=True)
    start = at("20:00")
    reserve_together(
        machines=[lively.laser, bench],
        claim=Claim(member=lively.maker, by=lively.maker),
        request=BookingRequest(starts_at=start, ends_at=start + timedelta(hours=1)),
        now=NOW,
    )
    client = Client()
    client.force_login(lively.staff)
    page = client.get(reverse("booking:requests", args=[lively.space.slug])).text
    assert page.count("<article") == 1
    assert "Speedy 400 + Bench, Mira Maker" in page


def test_looking_at_more_machines_takes_no_more_queries(
    lively: Lively, bench: Machine, django_assert_num_queries: Any
) -> None:
    client, counted = signed_in(lively.maker), []
    for machines in ([lively.laser], [bench, lively.mill]):
        collect(client, *machines)
        client.get(CART)
        with django_assert_num_queries(60, exact=False) as found:
            client.get(CART)
        counted.append(len(found))
    assert counted[0] == counted[1]


def test_any_unit_of_a_pool_will_do_where_one_says_so(lively: Lively) -> None:
    pool = Pool.objects.create(space=lively.space, slug="mk4", name="MK4")
    first, second = (
        MachineFactory(space=lively.space, pool=pool, name=f"MK4 {number}") for number in (1, 2)
    )
    ReservationFactory(machine=first, starts_at=at("19:00"), ends_at=at("22:00"))
    client = signed_in(lively.maker)
    collect(client, lively.laser, first)
    assert "Any unit of MK4 will do" in client.get(CART).text
    for told in ("x", str(lively.laser.pk), str(first.pk)):
        client.post(reverse("booking:cart_unit"), {"machine": told})
    page = client.get(f"{CART}?date=2026-10-20&start=19:00&end=21:00").text
    for text in ("MK4 (any unit)", "Only MK4 1", "You can reserve all of them for this time."):
        assert text in page
    span = {"date": "2026-10-20", "start": "19:00", "end": "21:00"}
    answer = client.post(CART, span)
    assert answer.status_code == 302
    row = Reservation.objects.get(machine=second)
    assert (row.pool, row.bundle_id is None) == (pool, False)
    assert "cart_any_unit" not in client.session
    collect(client, lively.laser, first)
    assert "MK4 (any unit)" not in client.get(CART).text
