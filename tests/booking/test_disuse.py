"""Certifications that end where a skill is not used."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from booking.services.disuse import follow_use
from machines.models import Machine
from members.models import Certification, Skill
from members.services.certifications import revoke
from tests.factories.booking import UsageSessionFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import CertificationFactory, MemberFactory, SkillFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def skill() -> Skill:
    return SkillFactory.create()


@pytest.fixture
def machine(skill: Skill) -> Machine:
    machine = MachineFactory.create(space__timezone="Europe/Zurich")
    machine.skills.add(skill)
    return machine


@pytest.fixture
def row(machine: Machine, skill: Skill) -> Certification:
    """To be used within 12 months, at most until the summer of the year after next."""
    return CertificationFactory.create(
        skill=skill,
        space=machine.space,
        start_date=date(2026, 1, 10),
        end_date=date(2027, 1, 10),
        expiry_date=date(2028, 7, 1),
        disuse_months=12,
    )


def use(machine: Machine, row: Certification, moment: datetime) -> None:
    UsageSessionFactory.create(
        machine=machine, member=row.member, started_at=moment, ended_at=moment
    )


def end(row: Certification) -> date | None:
    row.refresh_from_db()
    return row.end_date


def test_each_use_puts_the_end_off(machine: Machine, row: Certification) -> None:
    assert follow_use(NOW) == 0
    use(machine, row, NOW)
    assert [follow_use(NOW), follow_use(NOW)] == [1, 0]
    assert end(row) == date(2027, 5, 4)


@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_as_many_queries_for_many(
    machine: Machine, skill: Skill, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(count):
        certified = CertificationFactory.create(
            skill=skill,
            space=machine.space,
            start_date=date(2026, 1, 10),
            end_date=date(2027, 1, 10),
            disuse_months=12,
        )
        use(machine, certified, NOW)
    with django_assert_num_queries(3):
        assert follow_use(NOW) == count


def test_days_are_those_of_the_machine(machine: Machine, row: Certification) -> None:
    use(machine, row, datetime(2026, 5, 4, 22, 30, tzinfo=UTC))
    follow_use(NOW)
    assert end(row) == date(2027, 5, 5)


def test_a_late_job_finds_what_was_used_in_time(machine: Machine, row: Certification) -> None:
    for moment in (datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 11, 1, tzinfo=UTC)):
        use(machine, row, moment)
    assert follow_use(datetime(2027, 11, 20, tzinfo=UTC)) == 2
    assert end(row) == date(2028, 7, 1)


def test_use_after_the_end_revives_nothing(machine: Machine, row: Certification) -> None:
    use(machine, row, datetime(2027, 1, 11, 12, tzinfo=UTC))
    assert follow_use(datetime(2027, 1, 12, tzinfo=UTC)) == 0


def test_only_what_needs_the_skill_and_who_has_it_counts(
    machine: Machine, row: Certification
) -> None:
    UsageSessionFactory.create(machine=machine, member=MemberFactory.create(), started_at=NOW)
    UsageSessionFactory.create(member=row.member, started_at=NOW)
    assert follow_use(NOW) == 0


def test_what_is_revoked_or_never_lapses_is_left_alone(
    machine: Machine, row: Certification
) -> None:
    endless = CertificationFactory.create(skill=row.skill, member=row.member)
    revoke(certification=row, by=MemberFactory.create(), reason="x", now=NOW)
    use(machine, row, NOW)
    assert follow_use(NOW) == 0
    assert end(endless) is None


def test_what_lapsed_long_ago_is_not_looked_at(machine: Machine, row: Certification) -> None:
    use(machine, row, datetime(2026, 12, 1, tzinfo=UTC))
    assert follow_use(NOW + 1000 * DAY) == 0
