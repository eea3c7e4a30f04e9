"""Certifying, revoking, the right to do so, recognition; and that history is not lost."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db.models import ProtectedError

from members.models import Certification, GrantingRight, Member, Recognition, Skill, SkillTerms
from members.permissions import may_certify
from members.queries import (
    certifications_in,
    certifications_of,
    held_today,
    rights_in,
    rights_of,
    state_of,
)
from members.services import certifications as services
from members.states import CertificateState
from notifications.models import Message
from spaces.models import Space
from tests.factories.members import (
    CertificationFactory,
    GrantingRightFactory,
    MemberFactory,
    RoleFactory,
    SkillFactory,
)
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture
def space() -> Space:
    return SpaceFactory.create()


@pytest.fixture
def skill() -> Skill:
    return SkillFactory.create(name="Laser")


@pytest.fixture
def staff(space: Space) -> Member:
    return RoleFactory.create(space=space, member__name="Sam").member


def grant(skill: Skill, space: Space, by: Member, **more: Any) -> Certification:
    member = more.pop("member", None) or MemberFactory.create()
    return services.grant(member=member, skill=skill, space=space, by=by, now=NOW, **more)


class TestGranting:
    def test_it_lasts_as_the_space_says(self, skill: Skill, space: Space, staff: Member) -> None:
        SkillTerms.objects.create(space=space, skill=skill, validity_months=24, disuse_months=6)
        row = grant(skill, space, staff)
        assert (row.start_date, row.end_date) == (TODAY, date(2026, 11, 4))
        assert (row.expiry_date, row.disuse_months) == (date(2028, 5, 4), 6)
        assert row.granted_by == staff

    def test_without_terms_it_does_not_end(self, skill: Skill, space: Space, staff: Member) -> None:
        row = grant(skill, space, staff)
        assert (row.end_date, row.expiry_date, row.disuse_months) == (None, None, None)

    def test_the_person_is_told(self, skill: Skill, space: Space, staff: Member) -> None:
        row = grant(skill, space, staff)
        told = Message.objects.get()
        assert (told.kind, told.recipient_id) == ("certification_granted", row.member_id)
        assert str(row.key) in told.context["url"]
        assert told.context["by"] == "Sam"

    def test_what_is_renewed_stands_beside_what_was(
        self, skill: Skill, space: Space, staff: Member
    ) -> None:
        member = MemberFactory.create()
        for days in (0, 30):
            start = TODAY + timedelta(days=days)
            grant(skill, space, staff, member=member, start_date=start)
        assert certifications_of(member).count() == 2


class TestRevoking:
    def test_it_counts_no_more_and_says_why(
        self, skill: Skill, space: Space, staff: Member
    ) -> None:
        row = grant(skill, space, staff)
        for reason in ("Ran it alone", "again"):
            revoked = services.revoke(certification=row, by=staff, reason=reason, now=NOW)
        assert revoked.revoke_reason == "Ran it alone"
        assert state_of(revoked, NOW) == CertificateState.REVOKED
        told = Message.objects.get(kind="certification_revoked")
        assert told.context["reason"] == "Ran it alone"

    def test_one_of_no_space_can_be_revoked(self, staff: Member) -> None:
        row = CertificationFactory.create()
        services.revoke(certification=row, by=staff, reason="x", now=NOW)
        assert Message.objects.get().space_key == ""


class TestHistory:
    """The database refuses whatever would lose it."""

    @pytest.mark.parametrize(
        "change",
        [
            {"start_date": date(2019, 1, 1)},
            {"granted_by": None},
            {"end_date": TODAY - timedelta(days=1)},
            {"end_date": None},
            {"expiry_date": None},
            {"created_at": NOW},
        ],
    )
    def test_what_was_granted_stays(
        self, skill: Skill, space: Space, staff: Member, change: dict[str, Any]
    ) -> None:
        SkillTerms.objects.create(space=space, skill=skill, validity_months=1)
        row = services.grant(
            member=MemberFactory.create(),
            skill=skill,
            space=space,
            by=staff,
            now=NOW - timedelta(hours=1),
        )
        with pytest.raises(DatabaseError, match=r"stays as it was|forward only"):
            Certification.objects.filter(pk=row.pk).update(**change)

    def test_nothing_is_deleted(self, skill: Skill, space: Space, staff: Member) -> None:
        row = grant(skill, space, staff)
        with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
            Certification.objects.filter(pk=row.pk).delete()
        with pytest.raises(ProtectedError):
            row.member.delete()

    def test_what_was_revoked_stays_revoked(
        self, skill: Skill, space: Space, staff: Member
    ) -> None:
        row = grant(skill, space, staff)
        services.revoke(certification=row, by=staff, reason="x", now=NOW)
        with pytest.raises(DatabaseError, match="stays revoked"):
            Certification.objects.filter(pk=row.pk).update(revoked_at=None)

    @pytest.mark.parametrize("change", [{"revoked_at": None}, None])
    def test_rights_are_history_too(self, staff: Member, change: dict[str, Any] | None) -> None:
        right = GrantingRightFactory.create(revoked_at=NOW)
        rows = GrantingRight.objects.filter(pk=right.pk)
        with pytest.raises(DatabaseError, match="are history"):
            rows.delete() if change is None else rows.update(**change)


class TestRights:
    def test_they_are_given_and_taken_back(self, skill: Skill, space: Space, staff: Member) -> None:
        peer = MemberFactory.create()
        assert not may_certify(peer, skill, space)
        about = {"member": peer, "skill": skill, "space": space, "by": staff, "now": NOW}
        right = services.give_right(**about)
        assert services.give_right(**about) == right
        assert may_certify(peer, skill, space)
        assert not may_certify(peer, SkillFactory.create(), space)
        assert not may_certify(peer, skill, SpaceFactory.create())
        assert list(rights_of(peer)) == [right]
        services.take_right(right=right, by=staff, now=NOW)
        assert not may_certify(peer, skill, space)
        assert services.give_right(**about) != right
        assert {each.revoked_by for each in rights_in(space, skill)} == {None, staff}

    def test_staff_may_without_it(self, skill: Skill, space: Space, staff: Member) -> None:
        assert may_certify(staff, skill, space)

    def test_who_is_not_active_may_not(self, skill: Skill, space: Space) -> None:
        right = GrantingRightFactory.create(skill=skill, space=space, member__is_active=False)
        assert not may_certify(right.member, skill, space)


class TestRecognition:
    def test_a_space_counts_what_it_says(self, skill: Skill, space: Space) -> None:
        other, third = SpaceFactory.create_batch(2)
        own, theirs, thirds, old = (
            CertificationFactory.create(skill=skill, space=each)
            for each in (space, other, third, None)
        )
        assert set(certifications_in(space, skill)) == {own, old}
        services.recognise(space=space, others=[other, space], everybody=False)
        assert set(certifications_in(space, skill)) == {own, old, theirs}
        assert set(certifications_in(other, skill)) == {theirs, old}
        services.recognise(space=space, others=[other], everybody=True)
        assert set(certifications_in(space, skill)) == {own, old, theirs, thirds}
        services.recognise(space=space, others=[], everybody=False)
        assert not Recognition.objects.exists()

    def test_the_spaces_that_count_it_are_known(self, skill: Skill, space: Space) -> None:
        other, third = SpaceFactory.create_batch(2)
        row = CertificationFactory.create(skill=skill, space=space)
        services.recognise(space=other, others=[space], everybody=False)
        services.recognise(space=third, others=[], everybody=True)
        [found] = Certification.objects.with_recognising()
        assert found == row
        assert sorted(found.recognised_in) == sorted([other.pk, third.pk])


def test_days_are_those_of_the_space() -> None:
    space = SpaceFactory.create(timezone="Asia/Kathmandu")
    row = CertificationFactory.create(space=space, end_date=date(2026, 5, 4))
    late = datetime(2026, 5, 4, 18, 30, tzinfo=UTC)
    [held] = held_today([row], late)
    assert held.state == CertificateState.EXPIRED
    assert not held.is_valid
    assert str(row).startswith(str(row.member))


def test_names_of_rows() -> None:
    right = GrantingRightFactory.create()
    assert str(right.skill) in str(right)
    terms = SkillTerms.objects.create(space=right.space, skill=right.skill)
    assert str(right.space) in str(terms)
    recognition = Recognition.objects.create(space=right.space)
    assert str(recognition).endswith("*")
