"""The pages of inductions, for everybody and for staff."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from booking.models import Induction, InductionPlace
from booking.states import InductionState, PlaceState, ReservationKind
from members.models import Certification, Skill
from tests.booking.lively import NOW, Lively, at, lively_space, reserve, signed_in
from tests.factories.inductions import InductionFactory, PlaceFactory
from tests.factories.members import MemberFactory, SkillFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = date(2026, 10, 22)
NEW = "/spaces/atelier/inductions/new/"


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def lively() -> Lively:
    return lively_space()


@pytest.fixture
def skill(lively: Lively) -> Skill:
    skill = SkillFactory.create(name="Laser induction")
    lively.laser.skills.add(skill)
    return skill


@pytest.fixture
def coming(lively: Lively, skill: Skill) -> Induction:
    return InductionFactory.create(space=lively.space, skill=skill, starts_at=at("18:00", DAY))


def typed(lively: Lively, skill: Skill, **more: Any) -> dict[str, Any]:
    return {
        "skill": skill.pk,
        "kind": "full",
        "date": "2026-10-24",
        "start": "18:00",
        "end": "20:00",
        "machines": [lively.laser.pk, lively.mill.pk],
        "seats": 6,
        "minimum": 2,
        "decide_hours": 24,
        "led_by": lively.staff.pk,
        "note": "Bring goggles.",
        **more,
    }


class TestForEverybody:
    def test_a_visitor_sees_what_is_taught_and_signs_in(
        self, client: Client, coming: Induction
    ) -> None:
        page = client.get("/inductions/?space=atelier&machine=speedy").text
        assert "Laser induction" in page
        assert "2 seats free" in page
        assert "Sign in to take a seat" in client.get(f"/inductions/{coming.pk}/").text

    @pytest.mark.parametrize("asked", ["?space=atelier&machine=other", "?skill=x", "?space=%00"])
    def test_nothing_of_the_kind(self, client: Client, coming: Induction, asked: str) -> None:
        page = client.get(f"/inductions/{asked}").text
        assert ("None is planned" in page) == ("%00" not in asked)

    def test_a_seat_is_taken_and_given_back(self, lively: Lively, coming: Induction) -> None:
        client, address = signed_in(lively.maker), f"/inductions/{coming.pk}/"
        assert "You have a seat." in client.post(f"{address}join/", follow=True).text
        assert "Yours" in client.get("/inductions/").text
        assert "already" in client.post(f"{address}join/", follow=True).text
        assert "Given back." in client.post(f"{address}leave/", follow=True).text
        assert client.post(f"{address}leave/").status_code == 404

    def test_who_waits_sees_the_line(self, lively: Lively, coming: Induction) -> None:
        PlaceFactory.create_batch(2, induction=coming)
        PlaceFactory.create(induction=coming, state=PlaceState.WAITING)
        client, address = signed_in(lively.maker), f"/inductions/{coming.pk}/"
        page = client.post(f"{address}join/", follow=True).text
        assert "You are number 2 in the line." in page
        assert "told by mail when a seat is free" in page

    def test_too_late_says_so(self, lively: Lively, coming: Induction, clock: Any) -> None:
        client, address = signed_in(lively.maker), f"/inductions/{coming.pk}/"
        client.post(f"{address}join/")
        clock.move_to(coming.starts_at)
        assert "has begun" in client.post(f"{address}leave/", follow=True).text
        other = signed_in(MemberFactory.create())
        assert "over or cancelled" in other.post(f"{address}join/", follow=True).text

    def test_one_of_a_space_that_is_not_listed_is_for_its_people(
        self, client: Client, lively: Lively, coming: Induction
    ) -> None:
        lively.space.is_listed = False
        lively.space.save()
        place = PlaceFactory.create(induction=coming)
        address = f"/inductions/{coming.pk}/"
        assert client.get(address).status_code == 404
        assert signed_in(lively.maker).get(address).status_code == 404
        assert signed_in(place.member).get(address).status_code == 200
        assert signed_in(lively.staff).get(address).status_code == 200


class TestTheWayThere:
    ASKED = "?date=2026-10-21&start=10:00&end=11:00"

    def test_who_lacks_it_is_shown_the_next_one(self, lively: Lively, coming: Induction) -> None:
        client = signed_in(lively.maker)
        for page in ("verdict", "reserve"):
            shown = client.get(f"/machines/atelier/speedy/{page}/{self.ASKED}").text
            assert "Next date: Laser induction" in shown
            assert f"/inductions/{coming.pk}/" in shown
        refused = client.post(
            "/machines/atelier/speedy/reserve/",
            {"date": "2026-10-21", "start": "10:00", "end": "11:00"},
        )
        assert refused.status_code == 422
        assert f"/inductions/{coming.pk}/" in refused.text

    def test_or_the_list_where_none_is_planned(self, lively: Lively, skill: Skill) -> None:
        shown = signed_in(lively.maker).get(f"/machines/atelier/speedy/verdict/{self.ASKED}").text
        assert "/inductions/?space=atelier&amp;machine=speedy" in shown

    def test_who_has_it_is_shown_nothing(self, lively: Lively) -> None:
        shown = signed_in(lively.maker).get(f"/machines/atelier/speedy/verdict/{self.ASKED}").text
        assert "induction" not in shown


class TestPlanning:
    def test_it_is_planned_with_its_machines(self, lively: Lively, skill: Skill) -> None:
        client = signed_in(lively.staff)
        assert client.get(f"{NEW}?skill={skill.pk}").status_code == 200
        page = client.post(NEW, typed(lively, skill), follow=True)
        made = Induction.objects.get()
        assert page.redirect_chain[-1][0] == f"/spaces/atelier/inductions/{made.pk}/"
        assert (made.starts_at, made.seats, made.led_by) == (
            at("18:00", date(2026, 10, 24)), 6, lively.staff,
        )  # fmt: skip
        assert made.decide_at == made.starts_at - timedelta(hours=24)
        assert {row.machine for row in made.blocks} == {lively.laser, lively.mill}

    def test_it_lasts_until_midnight_and_takes_no_machine(
        self, lively: Lively, skill: Skill
    ) -> None:
        told = typed(lively, skill, end="24:00", machines=[])
        signed_in(lively.staff).post(NEW, told)
        made = Induction.objects.get()
        assert made.ends_at - made.starts_at == timedelta(hours=6)
        assert made.bundle_id is None

    @pytest.mark.parametrize(
        ("wrong", "told"),
        [
            ({"minimum": 7}, "fewer seats"),
            ({"end": "18:00"}, "must come after the start"),
            ({"date": "2026-10-01"}, "over already"),
            ({"decide_hours": 300}, "nobody could ask"),
            ({"date": "2027-03-28", "start": "02:30", "end": "04:00"}, "skips this time"),
            ({"seats": 0}, "greater than or equal to 1"),
            ({"date": "soon"}, "valid date"),
        ],
    )
    def test_what_is_wrong_is_said(
        self, lively: Lively, skill: Skill, wrong: dict[str, Any], told: str
    ) -> None:
        page = signed_in(lively.staff).post(NEW, typed(lively, skill, **wrong))
        assert page.status_code == 422
        assert told in page.text
        assert "Bring goggles." in page.text
        assert not Induction.objects.exists()

    def test_a_block_in_the_way_is_shown(self, lively: Lively, skill: Skill) -> None:
        reserve(lively.mill, "19:00", "20:00", date(2026, 10, 24), member=None,
                kind=ReservationKind.MAINTENANCE, purpose="Oil")  # fmt: skip
        page = signed_in(lively.staff).post(NEW, typed(lively, skill))
        assert page.status_code == 409
        assert "Oil" in page.text

    def test_what_is_reserved_is_displaced_as_staff_choose(
        self, lively: Lively, skill: Skill
    ) -> None:
        row = reserve(lively.laser, "19:00", "20:00", date(2026, 10, 24), member=lively.maker)
        client, told = signed_in(lively.staff), typed(lively, skill)
        asked = client.post(NEW, told)
        assert "Lasers" in asked.text or "Speedy" in asked.text
        assert not Induction.objects.exists()
        outdated = client.post(NEW, told | {"step": "save", f"answer-{row.pk}": "gone"})
        assert outdated.status_code == 409


class TestItsPage:
    def page(self, coming: Induction) -> str:
        return f"/spaces/atelier/inductions/{coming.pk}/"

    def test_people_are_added_and_removed(self, lively: Lively, coming: Induction) -> None:
        client = signed_in(lively.staff)
        people = MemberFactory.create_batch(3)
        said = [
            client.post(self.page(coming), {"step": "add", "email": each.email}, follow=True).text
            for each in people
        ]
        assert "has a seat." in said[0]
        assert "is in the line." in said[2]
        first = coming.places.get(member=people[0])
        told = {"step": "remove", "place": first.pk}
        assert "does not come." in client.post(self.page(coming), told, follow=True).text
        assert coming.places.get(member=people[2]).state == PlaceState.SEATED
        again = client.post(self.page(coming), {"step": "add", "email": people[1].email})
        assert again.status_code == 302
        unknown = client.post(self.page(coming), {"step": "add", "email": "x@example.org"})
        assert unknown.status_code == 422
        assert client.post(self.page(coming), {"step": "remove", "place": "x"}).status_code == 404
        assert client.post(self.page(coming), {"step": "?"}).status_code == 302

    def test_who_passed_is_certified(self, lively: Lively, coming: Induction, clock: Any) -> None:
        places = PlaceFactory.create_batch(2, induction=coming)
        clock.move_to(coming.starts_at)
        client = signed_in(lively.staff)
        assert "Attendance list to fill in" in client.get("/spaces/atelier/inductions/").text
        told = {"step": "attendance"} | {
            f"place-{place.pk}": state
            for place, state in zip(places, ("passed", "absent"), strict=True)
        }
        page = client.post(self.page(coming), told, follow=True).text
        assert f"Certified: {places[0].member}." in page
        assert Certification.objects.get().member == places[0].member
        wrong = client.post(
            self.page(coming), {"step": "attendance", f"place-{places[1].pk}": "king"}
        )
        assert wrong.status_code == 422
        coming.refresh_from_db()
        assert coming.state == InductionState.DONE
        assert "Over" in client.get("/spaces/atelier/inductions/").text

    def test_it_is_called_off(self, lively: Lively, coming: Induction) -> None:
        client = signed_in(lively.staff)
        assert client.post(self.page(coming), {"step": "call_off"}).status_code == 422
        told = {"step": "call_off", "reason": "Teacher is ill"}
        for _ in range(2):
            page = client.post(self.page(coming), told, follow=True).text
        assert "over or cancelled already" in page
        assert "Teacher is ill" in client.get(f"/inductions/{coming.pk}/").text

    def test_one_of_another_space_is_not_here(self, lively: Lively) -> None:
        other = InductionFactory.create(starts_at=at("18:00", DAY))
        assert signed_in(lively.staff).get(self.page(other)).status_code == 404

    def test_the_lists_ask_a_fixed_number_of_times(
        self, lively: Lively, skill: Skill, django_assert_max_num_queries: Any
    ) -> None:
        for hour in range(3):
            made = InductionFactory.create(
                space=lively.space, skill=skill, starts_at=at(f"{18 + hour}:00", DAY)
            )
            PlaceFactory.create(induction=made, member=lively.maker)
        client, maker = signed_in(lively.staff), signed_in(lively.maker)
        with django_assert_max_num_queries(12):
            client.get("/spaces/atelier/inductions/")
        with django_assert_max_num_queries(9):
            maker.get("/inductions/")
        assert InductionPlace.objects.count() == 3
