"""Waiting over the API: the wish, its place, the offer and the answer."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from booking.models import Offer, WaitlistEntry
from booking.services.offering import offer_freed
from booking.services.reservations import cancel
from booking.states import OfferState, ReservationState, WishState
from machines.models import Machine, Pool
from members.models import Member
from members.states import Scope
from tests.booking.api.conftest import NOW, client_of
from tests.booking.api.test_reservations import post
from tests.factories.booking import OfferFactory, ReservationFactory, WishFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import CompanyFactory, MemberFactory, RoleFactory

pytestmark = pytest.mark.django_db

TEN = datetime(2026, 5, 5, 8, tzinfo=UTC)
WAITLIST = "/api/v1/waitlist"
SPAN = {"starts_at": "2026-05-05T10:00:00+02:00", "ends_at": "2026-05-05T12:00:00+02:00"}


def taken(machine: Machine) -> Any:
    """Somebody has the time."""
    return ReservationFactory(
        machine=machine, starts_at="2026-05-05T08:00Z", ends_at="2026-05-05T10:00Z"
    )


def test_from_the_wish_to_the_reservation(client: Client, machine: Machine, member: Member) -> None:
    other = taken(machine)
    answer = post(client, WAITLIST, {"machine": machine.pk, "notice": 60, **SPAN})
    assert answer.status_code == 201, answer.content
    wish = answer.json()
    assert (wish["state"], wish["place"], wish["duration"], wish["notice"]) == (
        "waiting",
        1,
        120,
        60,
    )
    other.refresh_from_db()
    cancel(reservation=other, by=other.member, now=NOW)
    assert offer_freed(NOW) == 1
    (listed,) = client.get(WAITLIST).json()["items"]
    offer = listed["offer"]
    assert offer["reservation"]["state"] == ReservationState.HELD
    assert client.get(f"/api/v1/offers/{offer['id']}").json() == offer
    made = post(client, f"/api/v1/offers/{offer['id']}/accept")
    assert made.status_code == 200
    assert (made.json()["state"], made.json()["member"]) == (ReservationState.CONFIRMED, member.pk)
    assert client.get(WAITLIST).json()["items"] == []


def test_an_offer_is_passed_on(member: Member, client: Client) -> None:
    offer = OfferFactory(entry__member=member, entry__earliest_at=TEN)
    answer = post(client, f"/api/v1/offers/{offer.pk}/decline")
    assert answer.json()["state"] == OfferState.DECLINED
    again = post(client, f"/api/v1/offers/{offer.pk}/accept")
    assert again.status_code == 422
    assert again.json()["refusals"][0]["code"] == "NOT_ALLOWED"


def test_a_wish_is_given_up(client: Client, member: Member) -> None:
    wish = WishFactory(member=member, earliest_at=TEN)
    assert client.delete(f"{WAITLIST}/{wish.pk}").status_code == 204
    wish.refresh_from_db()
    assert wish.state == WishState.LEFT
    assert client.delete(f"{WAITLIST}/{wish.pk}").status_code == 422


def test_what_is_free_is_not_waited_for(client: Client, machine: Machine) -> None:
    answer = post(client, WAITLIST, {"machine": machine.pk, **SPAN})
    assert answer.status_code == 422
    assert not WaitlistEntry.objects.exists()


def test_any_unit_or_any_of_a_category_is_waited_for(client: Client, machine: Machine) -> None:
    pool = Pool.objects.create(space=machine.space, slug="mk4", name="MK4")
    second = MachineFactory(space=machine.space, category=machine.category, pool=pool)
    Machine.objects.filter(pk=machine.pk).update(pool=pool)
    taken(machine)
    taken(second)
    of_pool = post(client, WAITLIST, {"pool": pool.pk, **SPAN})
    assert of_pool.json()["pool"] == pool.pk
    kind = {"category": machine.category.slug, "space": machine.space.slug}
    of_kind = post(client, WAITLIST, {**kind, **SPAN, "duration": 60})
    assert (of_kind.json()["category"], of_kind.json()["duration"]) == (kind["category"], 60)


@pytest.mark.parametrize(
    "target",
    [{}, {"machine": 1, "pool": 1}, {"category": "x"}, {"machine": 1, "duration": 600}],
)
def test_a_wish_has_one_target_and_fits_its_window(target: dict[str, Any], client: Client) -> None:
    assert post(client, WAITLIST, {**target, **SPAN}).status_code == 422


def test_a_company_that_one_does_not_act_for_is_like_none(client: Client, machine: Machine) -> None:
    taken(machine)
    CompanyFactory(slug="theirs")
    answers = [
        post(client, WAITLIST, {"machine": machine.pk, "company": slug, **SPAN}).json()["refusals"]
        for slug in ("theirs", "nobody")
    ]
    assert answers[0] == answers[1]


def test_others_find_nothing_and_the_staff_may_settle(member: Member, machine: Machine) -> None:
    offer = OfferFactory(entry__member=member, entry__machine=machine, entry__earliest_at=TEN)
    stranger = client_of(MemberFactory(), Scope.BOOK)
    for path in (f"offers/{offer.pk}/accept", f"offers/{offer.pk}/decline"):
        assert post(stranger, f"/api/v1/{path}").status_code == 404
    assert stranger.delete(f"{WAITLIST}/{offer.entry_id}").status_code == 404
    assert Offer.objects.get().state == OfferState.OPEN
    staff = client_of(RoleFactory(space=machine.space).member, Scope.STAFF)
    assert post(staff, f"/api/v1/offers/{offer.pk}/decline").status_code == 200
    reader = client_of(member, Scope.READ)
    assert post(reader, WAITLIST, {"machine": machine.pk, **SPAN}).status_code == 401
