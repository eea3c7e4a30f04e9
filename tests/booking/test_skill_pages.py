"""Skills as staff see them, and certifying others, peer to peer."""

from datetime import date
from typing import Any

import pytest
import time_machine

from booking.queries.skills import skills_of
from members.models import Certification, GrantingRight, Member, Recognition, Skill, SkillTerms
from tests.booking.lively import NOW, Lively, lively_space, signed_in
from tests.factories.members import (
    CertificationFactory,
    GrantingRightFactory,
    MemberFactory,
    MembershipFactory,
    SkillFactory,
)
from tests.factories.spaces import SpaceFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SKILLS = "/spaces/atelier/skills/"
CERTIFY = "/certify/atelier/laser/"
TERMS = {"step": "terms", "criteria": "Cut a square.", "validity_months": 24, "disuse_months": ""}


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def lively() -> Lively:
    return lively_space()


@pytest.fixture
def skill(lively: Lively) -> Skill:
    skill = SkillFactory.create(name="Laser", slug="laser")
    lively.laser.skills.add(skill)
    return skill


@pytest.fixture
def peer(lively: Lively, skill: Skill) -> Member:
    """Somebody who teaches others."""
    right = GrantingRightFactory.create(skill=skill, space=lively.space)
    return right.member


class TestSkills:
    def test_the_list_and_a_new_one(self, lively: Lively, skill: Skill) -> None:
        client = signed_in(lively.staff)
        CertificationFactory.create(skill=skill)
        page = client.get(SKILLS).text
        assert "Speedy 400" in page
        assert "1 person" in page
        for name, status in (("Laser", 422), ("!", 422), ("Milling", 302)):
            assert client.post(SKILLS, {"name": name}).status_code == status
        assert Skill.objects.get(slug="milling").name == "Milling"

    @pytest.mark.parametrize("number", [1, 3])
    def test_a_fixed_number_of_queries(
        self, lively: Lively, number: int, django_assert_num_queries: Any
    ) -> None:
        for skill in SkillFactory.create_batch(number):
            lively.laser.skills.add(skill)
            CertificationFactory.create_batch(2, skill=skill, space=lively.space)
            CertificationFactory.create(skill=skill, end_date=date(2021, 1, 1))
            SkillTerms.objects.create(space=lively.space, skill=skill)
        with django_assert_num_queries(4):
            found = skills_of(lively.space, on=NOW.date())
        assert [each.holders for each in found] == [2] * number
        assert {each.machines for each in found} == {("Speedy 400",)}

    def test_terms_hold_for_what_is_granted_from_now_on(self, lively: Lively, skill: Skill) -> None:
        client, address = signed_in(lively.staff), f"{SKILLS}laser/"
        wrong = client.post(address, TERMS | {"validity_months": 0})
        assert wrong.status_code == 422
        assert "Cut a square." in wrong.text
        assert client.post(address, TERMS).status_code == 302
        client.post(CERTIFY, {"email": lively.maker.email})
        row = Certification.objects.get()
        assert (row.end_date, row.granted_by) == (date(2028, 10, 20), lively.staff)
        page = client.get(address).text
        assert "granted by Sam Staff" in page
        assert client.get(f"{SKILLS}nothing/").status_code == 404

    def test_revoking_asks_why(self, lively: Lively, skill: Skill) -> None:
        row = CertificationFactory.create(skill=skill, space=lively.space)
        theirs = CertificationFactory.create(skill=skill, space=SpaceFactory.create())
        client = signed_in(lively.staff)
        address = f"/spaces/atelier/certifications/{row.pk}/revoke/"
        assert "Revoke" in client.get(address).text
        assert client.post(address).status_code == 422
        assert client.post(address, {"reason": "Ran it alone"}).status_code == 302
        page = client.get(f"{SKILLS}laser/").text
        assert "revoked by Sam Staff on 20 October 2026: Ran it alone" in " ".join(page.split())
        assert client.get(address).status_code == 404
        other = f"/spaces/atelier/certifications/{theirs.pk}/revoke/"
        assert client.post(other, {"reason": "x"}).status_code == 404

    def test_what_counts_everywhere_is_revoked_by_who_could_grant_it(
        self, lively: Lively, skill: Skill
    ) -> None:
        row = CertificationFactory.create(skill=skill, space=None)
        address = f"/spaces/atelier/certifications/{row.pk}/revoke/"
        client = signed_in(lively.staff)
        assert client.post(address, {"reason": "x"}).status_code == 403
        assert address not in client.get(f"{SKILLS}laser/").text
        row.refresh_from_db()
        assert row.revoked_at is None
        admin = signed_in(MemberFactory.create(is_superuser=True))
        assert address in admin.get(f"{SKILLS}laser/").text
        admin.post(address, {"reason": "Forged"})
        row.refresh_from_db()
        assert row.revoke_reason == "Forged"

    def test_recognition_is_set(self, lively: Lively, skill: Skill) -> None:
        other = SpaceFactory.create()
        client, address = signed_in(lively.staff), "/spaces/atelier/recognition/"
        client.post(address, {"others": [other.pk]})
        assert Recognition.objects.get().granted_in == other
        assert "checked" in client.get(address).text
        assert client.post(address, {"others": ["x"]}).status_code == 422
        client.post(address, {"everybody": "on"})
        assert Recognition.objects.get().granted_in is None


class TestRights:
    def test_they_are_given_and_taken_back(self, lively: Lively, skill: Skill) -> None:
        client, address = signed_in(lively.staff), f"{SKILLS}laser/"
        unknown = client.post(address, {"step": "right", "email": "x@example.org"})
        assert unknown.status_code == 422
        client.post(address, {"step": "right", "email": lively.maker.email.upper()})
        right = GrantingRight.objects.get()
        assert (right.member, right.granted_by) == (lively.maker, lively.staff)
        assert "You may certify others" in signed_in(lively.maker).get(
            "/profile/certifications/"
        ).text  # fmt: skip
        client.post(f"/spaces/atelier/rights/{right.pk}/take/")
        right.refresh_from_db()
        assert right.revoked_by == lively.staff
        assert "taken back by Sam Staff" in client.get(address).text

    def test_a_peer_certifies_people_of_the_space_but_not_themselves(
        self, lively: Lively, peer: Member
    ) -> None:
        client = signed_in(peer)
        stranger = MemberFactory.create()
        for email in (stranger.email, peer.email, "nobody@example.org"):
            refused = client.post(CERTIFY, {"email": email})
            assert refused.status_code == 422
            assert "No member has this address." in refused.text
        MembershipFactory.create(member=stranger, space=lively.space)
        page = client.post(CERTIFY, {"email": stranger.email}, follow=True).text
        assert f"{stranger} is certified." in page
        assert Certification.objects.get().granted_by == peer

    def test_a_peer_takes_back_what_they_could_grant_and_nothing_else(
        self, lively: Lively, peer: Member, skill: Skill
    ) -> None:
        client = signed_in(peer)
        mine = CertificationFactory.create(skill=skill, space=lively.space, granted_by=peer)
        other = CertificationFactory.create(space=lively.space)
        elsewhere = CertificationFactory.create(skill=skill, space=SpaceFactory.create())
        address = f"/spaces/atelier/certifications/{mine.pk}/revoke/"
        assert address in client.get(CERTIFY).text
        for row in (other, elsewhere):
            wrong = f"/spaces/atelier/certifications/{row.pk}/revoke/"
            assert client.post(wrong, {"reason": "x"}).status_code == 403
        assert client.post(address, {"reason": "Ran it alone"}, follow=True).status_code == 200
        mine.refresh_from_db()
        assert mine.revoked_by == peer

    def test_who_lost_the_right_certifies_nobody(self, lively: Lively, peer: Member) -> None:
        client = signed_in(peer)
        assert client.get(CERTIFY).status_code == 200
        assert client.get("/certify/atelier/other/").status_code == 403
        GrantingRight.objects.update(revoked_at=NOW, revoked_by=lively.staff)
        assert client.post(CERTIFY, {"email": lively.maker.email}).status_code == 403
        assert not Certification.objects.exists()
