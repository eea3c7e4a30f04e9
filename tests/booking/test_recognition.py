"""Where certifications count: asked by the rules, the catalogue, displacing and the reminders."""

from datetime import UTC, date, datetime, timedelta

import pytest

from booking.facts import BookingRequest
from booking.queries.ending import certifications_ending, needed_in
from booking.queries.facts import skills_needed
from booking.queries.papers import Papers
from booking.queries.terms import terms_of
from booking.queries.viewer import viewer_of
from booking.services.reservations import check
from machines.models import Machine
from machines.permissions import is_certified
from members.models import Member, Skill
from members.services.certifications import recognise
from members.states import Audience
from spaces.intervals import Interval
from spaces.models import Space
from tests.factories.booking import ReservationFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import (
    CertificationFactory,
    MemberFactory,
    MembershipFactory,
    SkillFactory,
)
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)
SPAN = Interval(TOMORROW, TOMORROW + timedelta(hours=1))


@pytest.fixture
def skill() -> Skill:
    return SkillFactory.create()


@pytest.fixture
def machine(skill: Skill) -> Machine:
    machine = MachineFactory.create()
    machine.skills.add(skill)
    return machine


@pytest.fixture
def elsewhere() -> Space:
    return SpaceFactory.create()


@pytest.fixture
def member(skill: Skill, elsewhere: Space) -> Member:
    """Certified, but by another space."""
    return CertificationFactory.create(skill=skill, space=elsewhere).member


def codes(machine: Machine, member: Member) -> list[str]:
    request = BookingRequest(starts_at=SPAN.start, ends_at=SPAN.end)
    found = check(machine=machine, member=member, request=request, by=member, now=NOW, company=None)
    return [each.code for each in found[0]]


def allowed(machine: Machine, member: Member) -> bool:
    """Whether who lost their time may be moved to the machine."""
    row = ReservationFactory.create(member=member, starts_at=TOMORROW)
    terms = terms_of(machine, audience=Audience.MAKER)
    papers = Papers(
        rows=[row], machines={machine.pk: machine}, terms=lambda _row, _machine: terms, now=NOW
    )
    return papers.allow(row.pk, machine.pk, SPAN)


def usable(machine: Machine, member: Member) -> bool:
    """Whether the catalogue says that they can use it."""
    today = NOW.date()
    told = viewer_of(member).missing_for(machine, on=today) == ()
    # Papers that are for certified members only go by the same.
    assert is_certified(member, machine, on=today) == told
    return told


@pytest.mark.parametrize("everybody", [False, True])
def test_what_another_space_certifies_counts_where_a_space_says_so(
    machine: Machine, member: Member, elsewhere: Space, everybody: bool
) -> None:
    assert codes(machine, member) == ["NOT_CERTIFIED"]
    assert not allowed(machine, member)
    assert not usable(machine, member)
    recognise(space=machine.space, others=[elsewhere], everybody=everybody)
    assert codes(machine, member) == []
    assert allowed(machine, member)
    assert usable(machine, member)


def test_recognition_goes_one_way(machine: Machine, member: Member, elsewhere: Space) -> None:
    recognise(space=elsewhere, others=[machine.space], everybody=False)
    assert codes(machine, member) == ["NOT_CERTIFIED"]


@pytest.mark.parametrize("where", ["own", "none"])
def test_own_ones_and_those_of_no_space_count(machine: Machine, skill: Skill, where: str) -> None:
    space = machine.space if where == "own" else None
    member = CertificationFactory.create(skill=skill, space=space).member
    assert codes(machine, member) == []
    assert allowed(machine, member)
    assert usable(machine, member)


def test_the_rule_asks_once_for_any_number_of_machines(
    machine: Machine, member: Member, django_assert_num_queries: object
) -> None:
    more = MachineFactory.create_batch(3, space=machine.space)
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = skills_needed([machine, *more], member)
    assert [bool(each.held) for each in found[machine.pk]] == [False]


class TestReminders:
    """What follows a certification, so that nobody is reminded of it."""

    def ending(self, skill: Skill, space: Space | None) -> Member:
        member = MembershipFactory.create().member
        CertificationFactory.create(
            skill=skill, space=space, member=member, end_date=date(2026, 6, 1)
        )
        return member

    def follow(self, skill: Skill, space: Space | None, member: Member) -> bool:
        """Whether nobody need be reminded once `space` has certified them too."""
        CertificationFactory.create(
            skill=skill, space=space, member=member, start_date=date(2026, 5, 1)
        )
        return not certifications_ending().exists()

    def test_one_of_the_same_space_follows(self, skill: Skill, elsewhere: Space) -> None:
        assert self.follow(skill, elsewhere, self.ending(skill, elsewhere))

    def test_one_of_no_space_follows(self, skill: Skill, elsewhere: Space) -> None:
        assert self.follow(skill, None, self.ending(skill, elsewhere))

    def test_one_that_counts_everywhere_is_followed_by_any(
        self, skill: Skill, elsewhere: Space
    ) -> None:
        assert self.follow(skill, elsewhere, self.ending(skill, None))

    def test_one_of_another_space_follows_where_it_is_recognised(
        self, machine: Machine, skill: Skill, elsewhere: Space
    ) -> None:
        member = self.ending(skill, machine.space)
        assert not self.follow(skill, elsewhere, member)
        recognise(space=machine.space, others=[elsewhere], everybody=False)
        assert not certifications_ending().exists()

    def test_only_what_counts_there_is_needed_there(
        self, machine: Machine, skill: Skill, elsewhere: Space
    ) -> None:
        member = self.ending(skill, elsewhere)
        MembershipFactory.create(member=member, space=machine.space)
        assert not needed_in(certifications_ending(), machine.space).exists()
        recognise(space=machine.space, others=[], everybody=True)
        assert needed_in(certifications_ending(), machine.space).exists()


def test_who_is_certified_nowhere_has_nothing(machine: Machine) -> None:
    assert codes(machine, MemberFactory.create()) == ["NOT_CERTIFIED"]
