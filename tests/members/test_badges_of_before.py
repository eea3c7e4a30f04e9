"""Badges and PINs from before it was written down where they count: migration 0008 binds them."""

from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.db import connection

from members.models import Badge, Pin
from members.services.badges import NotIdentified, identify
from members.states import IdentityProblem
from spaces.models import Space
from tests.factories.kiosk import PIN, BadgeFactory, PinFactory
from tests.factories.members import MemberFactory, RoleFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

MIGRATION = import_module("members.migrations.0008_badges_of_unknown_givers")
LONG_AGO = datetime(2020, 5, 6, 8, tzinfo=UTC)
READ = "04:A1:B2:C3"


def migrate() -> None:
    with connection.cursor() as cursor:
        cursor.execute(MIGRATION.BOUND)
        cursor.execute(MIGRATION.TYPED_AT_A_DESK)


def of_before(**told: object) -> Badge:
    """A badge of before, with the PIN of its member."""
    badge = BadgeFactory(read=READ, created_at=LONG_AGO, **told)
    PinFactory(member=badge.member, changed_at=LONG_AGO)
    return badge


def problem_at(space: Space) -> IdentityProblem | None:
    try:
        identify(read=READ, pin=PIN, space=space, now=datetime(2026, 5, 6, 8, tzinfo=UTC))
    except NotIdentified as refused:
        return refused.problem
    return None


@pytest.mark.parametrize("is_known", [False, True])
def test_what_nobody_knows_the_giver_of_counts_nowhere(*, is_known: bool) -> None:
    one, other = SpaceFactory(), SpaceFactory()
    badge = of_before(created_by=MemberFactory() if is_known else None)
    migrate()
    badge.refresh_from_db()
    assert badge.revoked_at
    assert problem_at(one) == problem_at(other) == IdentityProblem.UNKNOWN_BADGE
    assert not Pin.objects.exists()


def test_where_there_is_one_space_it_counts_there_and_in_no_later_one() -> None:
    here = SpaceFactory()
    badge = of_before()
    migrate()
    badge.refresh_from_db()
    assert (badge.space, badge.revoked_at, Pin.objects.get().space) == (here, None, here)
    assert problem_at(here) is None
    assert problem_at(SpaceFactory()) == IdentityProblem.UNKNOWN_BADGE


def test_a_pin_counts_where_the_badge_was_given() -> None:
    here, elsewhere = SpaceFactory(), SpaceFactory()
    giver = RoleFactory(space=here).member
    badge = of_before(created_by=giver, space=here)
    own = BadgeFactory(member=badge.member)
    Badge.objects.filter(pk=own.pk).update(created_by=badge.member)
    migrate()
    assert Pin.objects.get().space == here
    own.refresh_from_db()
    assert (own.space, own.revoked_at) == (None, None)
    assert problem_at(here) is None
    assert problem_at(elsewhere) == IdentityProblem.UNKNOWN_BADGE


def test_what_members_have_done_themselves_counts_everywhere() -> None:
    SpaceFactory()
    member = MemberFactory()
    of_before(member=member, created_by=member)
    migrate()
    assert problem_at(SpaceFactory()) is None


def test_what_was_confirmed_or_set_since_stays() -> None:
    SpaceFactory()
    badge = BadgeFactory(read=READ, created_by=MemberFactory())
    PinFactory(member=badge.member)
    migrate()
    assert problem_at(SpaceFactory()) is None
