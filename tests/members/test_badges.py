"""Badges and PINs: kept as digests, tried so many times, given by members and at the desk."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from members.models import Badge, Member, Pin, Role
from members.services.badges import (
    BadgeOfTheirOwn,
    BadgeTaken,
    BadgeUnreadable,
    NotIdentified,
    PinOfTheirOwn,
    PinTooWeak,
    confirm_badge,
    enrol_badge,
    identify,
    remove_pin,
    revoke_badge,
    set_pin,
)
from members.states import (
    BADGES_TRIED,
    MOST_BADGES,
    PIN_LOCKED_FOR,
    WRONG_PINS,
    IdentityProblem,
)
from notifications.models import Message
from notifications.rendering import render
from spaces.models import Space
from tests.factories.kiosk import PIN, BadgeFactory, PinFactory
from tests.factories.members import MemberFactory, RoleFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 6, 8, tzinfo=UTC)
READ = "04:A1:B2:C3"


def found(read: str = READ, pin: str = PIN, now: datetime = NOW, at: Space | None = None) -> Member:
    return identify(read=read, pin=pin, space=at or SpaceFactory.create(), now=now)


def problem(**told: Any) -> IdentityProblem:
    with pytest.raises(NotIdentified) as refused:
        found(**told)
    assert refused.value.message
    return refused.value.problem


def test_a_badge_and_a_pin_tell_who_it_is_however_the_reader_writes_it() -> None:
    member = MemberFactory()
    enrol_badge(member=member, read=READ, name="Fob", by=member, now=NOW, pin=PIN)
    assert found(read="04a1b2c3") == member
    assert Badge.objects.get().last_used_at == NOW


def test_nothing_that_was_read_or_typed_is_kept() -> None:
    member = MemberFactory()
    badge = enrol_badge(member=member, read=READ, name="Fob", by=member, now=NOW, pin=PIN)
    assert "04A1B2C3" not in badge.digest
    assert PIN not in member.pin.digest
    assert len(badge.digest) == 64


def test_a_badge_stands_for_one_member_until_it_is_revoked() -> None:
    first, second = MemberFactory(), MemberFactory()
    badge = enrol_badge(member=first, read=READ, name="", by=first, now=NOW)
    with pytest.raises(BadgeTaken):
        enrol_badge(member=second, read=READ.lower(), name="", by=second, now=NOW)
    revoke_badge(badge=badge, by=first, now=NOW)
    revoke_badge(badge=badge, by=first, now=NOW + timedelta(days=1))
    badge.refresh_from_db()
    assert badge.revoked_at == NOW
    enrol_badge(member=second, read=READ, name="", by=second, now=NOW, pin=PIN)
    assert found() == second


@pytest.mark.parametrize("read", ["", "::", "12"])
def test_what_is_too_short_is_no_badge(read: str) -> None:
    member = MemberFactory()
    with pytest.raises(BadgeUnreadable):
        enrol_badge(member=member, read=read, name="", by=member, now=NOW)


@pytest.mark.parametrize("pin", ["", "12a4", "123", "123456789", "1111", "1234", "9876", "١٢٣٥"])
def test_a_weak_pin_is_no_pin(pin: str) -> None:
    with pytest.raises(PinTooWeak):
        set_pin(member=MemberFactory(), pin=pin, now=NOW)
    assert not Pin.objects.exists()


def test_a_badge_with_a_weak_pin_is_not_given_either() -> None:
    member = MemberFactory()
    with pytest.raises(PinTooWeak):
        enrol_badge(member=member, read=READ, name="", by=member, now=NOW, pin="1111")
    assert not Badge.objects.exists()


def test_what_is_wrong_is_told_apart() -> None:
    assert problem() == IdentityProblem.UNKNOWN_BADGE
    badge = BadgeFactory(read=READ)
    assert problem() == IdentityProblem.NO_PIN
    PinFactory(member=badge.member)
    assert problem(pin="1470") == IdentityProblem.WRONG_PIN
    badge.member.is_active = False
    badge.member.save()
    assert problem() == IdentityProblem.UNKNOWN_BADGE


def test_after_so_many_wrong_tries_a_pin_is_locked_for_a_time() -> None:
    badge = BadgeFactory(read=READ)
    PinFactory(member=badge.member)
    told = [problem(pin="1470") for _try in range(WRONG_PINS)]
    assert told == [IdentityProblem.WRONG_PIN] * (WRONG_PINS - 1) + [IdentityProblem.PIN_LOCKED]
    assert problem(now=NOW + PIN_LOCKED_FOR / 2) == IdentityProblem.PIN_LOCKED
    over = NOW + PIN_LOCKED_FOR
    assert problem(pin="1470", now=over) == IdentityProblem.WRONG_PIN
    assert found(now=over) == badge.member
    assert Pin.objects.get().failures == 0


def test_another_pin_opens_a_locked_one() -> None:
    badge = BadgeFactory(read=READ)
    PinFactory(member=badge.member, locked_until=NOW + PIN_LOCKED_FOR, failures=5)
    set_pin(member=badge.member, pin="8642", now=NOW)
    assert found(pin="8642") == badge.member


def told() -> list[str]:
    rows = Message.objects.filter(kind="badge_by_staff").order_by("pk")
    return [row.context["what"] for row in rows]


class TestByStaff:
    """What staff of a space gives counts there only, until its holder confirms it."""

    @pytest.fixture
    def role(self) -> Role:
        return RoleFactory.create()

    def given(self, role: Role, member: Member, **more: Any) -> Badge:
        common = {"read": READ, "name": "Fob", "by": role.member, "space": role.space, "now": NOW}
        return enrol_badge(member=member, **(common | more))

    def test_it_counts_there_and_nowhere_else_until_it_is_confirmed(self, role: Role) -> None:
        member = MemberFactory.create()
        badge = self.given(role, member, pin=PIN)
        assert found(at=role.space) == member
        assert problem() == IdentityProblem.UNKNOWN_BADGE
        assert told() == ["given_with_pin"]
        confirm_badge(badge=badge)
        # The PIN has been seen by somebody: only one of their own counts everywhere.
        assert problem() == IdentityProblem.NO_PIN
        set_pin(member=member, pin="8642", now=NOW)
        assert found(pin="8642") == found(pin="8642", at=role.space) == member

    def test_adding_it_oneself_confirms_it(self, role: Role) -> None:
        member = MemberFactory.create()
        badge = self.given(role, member)
        own = enrol_badge(member=member, read=READ, name="", by=member, now=NOW)
        assert (own, own.space) == (badge, None)

    def test_staff_replaces_no_pin_that_counts_elsewhere(self, role: Role) -> None:
        member = MemberFactory.create()
        set_pin(member=member, pin=PIN, now=NOW)
        with pytest.raises(PinOfTheirOwn):
            self.given(role, member, pin="8642")
        assert not Badge.objects.exists()
        Pin.objects.update(space=SpaceFactory.create())
        with pytest.raises(PinOfTheirOwn):
            self.given(role, member, pin="8642")
        Pin.objects.update(space=role.space)
        self.given(role, member, pin="8642")
        assert found(pin="8642", at=role.space) == member

    def test_staff_takes_away_only_what_was_given_there(self, role: Role) -> None:
        badge = BadgeFactory.create(read=READ)
        pin = PinFactory.create(member=badge.member)
        for space in (None, SpaceFactory.create()):
            badge.space = pin.space = space
            badge.save()
            pin.save()
            with pytest.raises(BadgeOfTheirOwn):
                revoke_badge(badge=badge, space=role.space, by=role.member, now=NOW)
            assert not remove_pin(member=badge.member, space=role.space, by=role.member, now=NOW)
        assert told() == []
        assert Badge.objects.standing().count() == Pin.objects.count() == 1
        badge.space = pin.space = role.space
        badge.save()
        pin.save()
        assert remove_pin(member=badge.member, space=role.space, by=role.member, now=NOW)
        assert problem(at=role.space) == IdentityProblem.NO_PIN
        revoke_badge(badge=badge, space=role.space, by=role.member, now=NOW)
        assert told() == ["pin_taken", "revoked"]

    def test_who_is_given_or_loses_one_is_told_and_who_does_it_themselves_is_not(
        self, role: Role
    ) -> None:
        badge = self.given(role, MemberFactory.create())
        revoke_badge(badge=badge, space=role.space, by=role.member, now=NOW)
        own = BadgeFactory.create()
        revoke_badge(badge=own, by=own.member, now=NOW)
        assert told() == ["given", "revoked"]
        for message in Message.objects.all():
            assert "/profile/badges/" in render(message).text


def test_a_member_adds_and_revokes_their_own(client: Client) -> None:
    member = MemberFactory()
    client.force_login(member)
    page = client.post("/profile/badges/", {"read": READ, "name": "Fob"}, follow=True)
    assert "Fob" in page.text
    assert READ not in page.text
    other = client.post("/profile/badges/", {"read": READ})
    assert other.status_code == 422
    assert "belongs to somebody already" in other.text
    assert client.post("/profile/badges/", {"read": "1"}).status_code == 422
    weak = client.post("/profile/badges/pin/", {"pin": "1111"})
    assert weak.status_code == 422
    assert "Take 4 to 8 digits" in weak.text
    client.post("/profile/badges/pin/", {"pin": PIN})
    badge = Badge.objects.get()
    assert found() == member
    Badge.objects.update(space=RoleFactory.create().space)
    assert "It counts there only" in client.get("/profile/badges/").text
    client.post(f"/profile/badges/{badge.pk}/confirm/")
    assert Badge.objects.get().space is None
    client.post(f"/profile/badges/{badge.pk}/revoke/")
    assert problem() == IdentityProblem.UNKNOWN_BADGE


def test_nobody_learns_which_badges_there_are_or_takes_them_all(client: Client) -> None:
    member = MemberFactory.create()
    client.force_login(member)
    BadgeFactory.create(read=READ)
    with time_machine.travel(NOW, tick=False):
        for _try in range(BADGES_TRIED):
            assert "belongs to somebody" in client.post("/profile/badges/", {"read": READ}).text
        page = client.post("/profile/badges/", {"read": "AABBCCDD"})
    assert "Several badges were those of others." in page.text
    BadgeFactory.create_batch(MOST_BADGES, member=member)
    page = client.post("/profile/badges/", {"read": "AABBCCDD"})
    assert "There are too many badges already." in page.text


def test_nobody_revokes_the_badge_of_somebody_else(client: Client) -> None:
    badge = BadgeFactory()
    client.force_login(MemberFactory())
    for act in ("revoke", "confirm"):
        assert client.post(f"/profile/badges/{badge.pk}/{act}/").status_code == 404
    badge.refresh_from_db()
    assert badge.revoked_at is None
