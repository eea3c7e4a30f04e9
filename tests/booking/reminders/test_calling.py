"""What the jobs remind of: to colleagues and staff, of papers that end, of missed check-ins."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from booking import notices
from booking.models import Reservation
from booking.services.blocking import materialise_maintenance
from booking.services.reminders import remind
from booking.states import ReminderEvent, ReminderTo, ReservationState
from machines.models import Consumable, Machine
from machines.services.calendars import plan_maintenance
from machines.services.stock import receive, take
from members.models import Member
from notifications.models import Message
from spaces.intervals import Interval
from spaces.models import Space
from tests.booking.reminders.conftest import DAY, HOUR, MINUTE, NOW, Deliver, reserved, rule
from tests.factories.billing import ContractFactory
from tests.factories.booking import PolicyFactory, UsageSessionFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import (
    CertificationFactory,
    CompanyFactory,
    DelegateFactory,
    MemberFactory,
    MembershipFactory,
    RoleFactory,
    SkillFactory,
)
from tests.factories.stock import ConsumableFactory

pytestmark = pytest.mark.django_db

EVERY = list(ReminderEvent)
START = NOW + 3 * DAY
LAST = date(2026, 6, 3)
"""Thirty days after NOW, whose morning it is."""


@pytest.fixture
def staff(space: Space) -> Member:
    made: Member = RoleFactory(space=space, member__name="Stella").member
    return made


def run(now: datetime = NOW) -> list[tuple[str, str]]:
    """Let the job come by twice; who was told what, and that the second time told nothing."""
    remind(now, EVERY)
    assert remind(now + timedelta(seconds=1), EVERY) == 0
    rows = Message.objects.exclude(kind__in=notices.WITH_RESERVATION).select_related("recipient")
    return [(str(row.recipient), row.kind) for row in rows.order_by("pk")]


class TestComing:
    def test_staff_hears_of_what_begins_whoever_made_it_late(
        self, laser: Machine, staff: Member, deliver: Deliver
    ) -> None:
        rule(laser.space, DAY, to=ReminderTo.STAFF)
        row = reserved(laser, START, member__name="Mira")
        reserved(laser, START + 2 * DAY)
        assert run(START - 25 * HOUR) == []
        assert run(START - DAY) == [("Stella", notices.COMING)]
        assert run(START - 2 * HOUR) == [("Stella", notices.COMING)]
        (sent,) = [each for each in deliver(START - 2 * HOUR) if each.kind == notices.COMING]
        assert sent.subject_key == row.subject_key
        assert sent.subject.startswith("Coming: Mira, Speedy, Thursday 7 May 2026")
        assert "Mira has reserved Speedy." in sent.text
        reserved(laser, START + HOUR, made=START - HOUR)
        assert len(run(START - HOUR)) == 2

    def test_colleagues_hear_of_it_but_for_who_made_it(self, laser: Machine) -> None:
        company = CompanyFactory()
        mine, other = DelegateFactory.create_batch(2, company=company)
        DelegateFactory(company=company, kind="invoice")
        rule(laser.space, DAY, to=ReminderTo.BOOKERS)
        reserved(laser, START, member=mine.member, company=company)
        reserved(laser, START + HOUR)
        assert run(START - HOUR) == [(other.member.name, notices.COMING)]

    def test_staff_is_not_told_twice_of_its_own(self, laser: Machine, staff: Member) -> None:
        rule(laser.space, DAY, to=ReminderTo.STAFF)
        reserved(laser, START, member=staff)
        assert run(START - HOUR) == []

    def test_the_rule_may_be_about_some_only(self, laser: Machine, staff: Member) -> None:
        rule(laser.space, DAY, to=ReminderTo.STAFF, audience="company")
        reserved(laser, START)
        assert run(START - HOUR) == []
        reserved(laser, START + HOUR, company=CompanyFactory())
        assert run(START - HOUR) == [("Stella", notices.COMING)]
        rule(laser.space, DAY, to=ReminderTo.STAFF, audience="maker")
        assert len(run(START - HOUR)) == 2

    def test_what_was_cancelled_or_moved_meanwhile_is_not_told(
        self, laser: Machine, staff: Member, deliver: Deliver
    ) -> None:
        rule(laser.space, DAY, to=ReminderTo.STAFF)
        row = reserved(laser, START)
        run(START - DAY)
        Reservation.objects.filter(pk=row.pk).update(starts_at=START + MINUTE)
        assert deliver(START - DAY) == []


class TestMissedCheckIn:
    @pytest.fixture(autouse=True)
    def rules(self, laser: Machine) -> None:
        PolicyFactory(machine=laser, grace_period=30 * MINUTE)
        rule(laser.space, 10 * MINUTE, event=ReminderEvent.CHECK_IN)

    def test_who_has_not_come_hears_until_when_they_can(
        self, laser: Machine, deliver: Deliver
    ) -> None:
        reserved(laser, START, member__name="Mira")
        assert run(START + 9 * MINUTE) == []
        assert run(START + 10 * MINUTE) == [("Mira", notices.CHECK_IN_MISSED)]
        (sent,) = deliver(START + 10 * MINUTE)
        assert sent.subject == "Check in by Thursday 7 May 2026, 10:30: Speedy"
        assert "You have until Thursday 7 May 2026, 10:30 to check in on Speedy." in sent.text
        assert sent.expires_at == START + 30 * MINUTE

    @pytest.mark.parametrize("late", [30 * MINUTE, 2 * HOUR])
    def test_after_the_grace_period_it_is_too_late(self, laser: Machine, late: timedelta) -> None:
        reserved(laser, START, member__name="Mira")
        assert run(START + late) == []

    def test_who_is_there_hears_nothing(self, laser: Machine, deliver: Deliver) -> None:
        row = reserved(laser, START)
        UsageSessionFactory(machine=laser, member=row.member, started_at=START + 5 * MINUTE)
        assert run(START + 10 * MINUTE) == []

    def test_who_comes_before_it_is_sent_hears_nothing(
        self, laser: Machine, deliver: Deliver
    ) -> None:
        row = reserved(laser, START)
        run(START + 10 * MINUTE)
        UsageSessionFactory(machine=laser, member=row.member, started_at=START + 11 * MINUTE)
        assert deliver(START + 12 * MINUTE) == []

    def test_the_grace_begins_when_the_one_before_leaves(self, laser: Machine) -> None:
        reserved(laser, START, member__name="Mira")
        before = UsageSessionFactory(machine=laser, started_at=START - HOUR)
        assert run(START + 20 * MINUTE) == []
        before.ended_at = START + 20 * MINUTE
        before.save()
        assert run(START + 25 * MINUTE) == []
        assert run(START + 31 * MINUTE) == [("Mira", notices.CHECK_IN_MISSED)]
        assert Message.objects.get(kind=notices.CHECK_IN_MISSED).expires_at == START + 50 * MINUTE

    def test_staff_and_colleagues_are_told_whose_it_is(
        self, laser: Machine, staff: Member, deliver: Deliver
    ) -> None:
        company = CompanyFactory()
        mira, otto = (
            DelegateFactory(company=company, member__name=name).member for name in ("Mira", "Otto")
        )
        for to in (ReminderTo.STAFF, ReminderTo.BOOKERS):
            rule(laser.space, 0 * MINUTE, event=ReminderEvent.CHECK_IN, to=to)
        reserved(laser, START, member=mira, company=company)
        assert run(START) == [
            ("Otto", notices.CHECK_IN_MISSED),
            ("Stella", notices.CHECK_IN_MISSED),
        ]
        for sent in deliver(START):
            assert sent.subject == "Nobody has checked in: Mira, Speedy"
            assert "Mira has until Thursday 7 May 2026, 10:30 to check in on Speedy." in sent.text
        assert str(otto) == "Otto"

    def test_what_is_cancelled_or_in_use_is_not_missed(self, laser: Machine) -> None:
        for state in (ReservationState.CANCELLED, ReservationState.IN_USE):
            row = reserved(laser, START + HOUR)
            Reservation.objects.filter(pk=row.pk).update(state=state)
            row.delete()
        assert run(START + 10 * MINUTE) == []


class TestMaintenance:
    def test_staff_hears_of_what_is_planned(
        self, laser: Machine, staff: Member, deliver: Deliver
    ) -> None:
        rule(laser.space, 2 * DAY, event=ReminderEvent.MAINTENANCE, to=ReminderTo.STAFF)
        plan_maintenance(
            machine=laser, title="Lenses", interval=Interval(START, START + HOUR), now=NOW
        )
        materialise_maintenance(NOW)
        assert run(NOW) == []
        assert run(START - 2 * DAY) == [("Stella", notices.MAINTENANCE_DUE)]
        (sent,) = deliver(START - DAY)
        assert sent.subject.startswith("Maintenance: Speedy, Thursday 7 May 2026")
        assert "Lenses" in sent.text
        assert f"/spaces/atelier/machines/{laser.slug}/maintenance/" in sent.text

    def test_what_was_taken_back_is_not_told(
        self, laser: Machine, staff: Member, deliver: Deliver
    ) -> None:
        rule(laser.space, 2 * DAY, event=ReminderEvent.MAINTENANCE, to=ReminderTo.STAFF)
        plan_maintenance(
            machine=laser, title="Lenses", interval=Interval(START, START + HOUR), now=NOW
        )
        materialise_maintenance(NOW)
        run(START - DAY)
        Reservation.objects.update(state=ReservationState.CANCELLED)
        assert deliver(START - DAY) == []


class TestCertifications:
    @pytest.fixture
    def mira(self, laser: Machine) -> Member:
        """Certified for the laser, which is in the space of which she is a member."""
        skill = SkillFactory(name="Laser induction")
        laser.skills.add(skill)
        made: Member = MembershipFactory(space=laser.space, member__name="Mira").member
        CertificationFactory(member=made, skill=skill, start_date=date(2025, 6, 1), end_date=LAST)
        return made

    def certify(self, member: Member, **dates: Any) -> None:
        skill = member.certifications.get().skill
        CertificationFactory(member=member, skill=skill, **dates)

    def test_its_holder_hears_once_in_the_morning(
        self, laser: Machine, mira: Member, deliver: Deliver
    ) -> None:
        rule(laser.space, 30 * DAY, event=ReminderEvent.CERTIFICATION)
        assert run(NOW - 3 * HOUR) == []
        assert run(NOW - 2 * HOUR) == [("Mira", notices.CERTIFICATION_ENDS)]
        (sent,) = deliver(NOW)
        assert sent.subject == "Your certification “Laser induction” ends on Wednesday 3 June 2026"
        assert "Machine: Speedy" in sent.text
        assert run(NOW + 20 * DAY) == [("Mira", notices.CERTIFICATION_ENDS)]

    def test_after_days_without_a_job_it_is_told_late_and_then_no_more(
        self, laser: Machine, mira: Member
    ) -> None:
        rule(laser.space, 30 * DAY, event=ReminderEvent.CERTIFICATION)
        rule(laser.space, 7 * DAY, event=ReminderEvent.CERTIFICATION)
        assert run(NOW + 40 * DAY) == []
        # Both are due by now: only the nearer one is told.
        assert run(NOW + 26 * DAY) == [("Mira", notices.CERTIFICATION_ENDS)]
        assert Message.objects.get().dedupe_key.endswith(f":{7 * 24 * 3600}")

    @pytest.mark.parametrize(
        "follows",
        [
            {"start_date": date(2026, 5, 1), "end_date": None},
            {"start_date": date(2026, 6, 4), "end_date": date(2027, 6, 1)},
        ],
    )
    def test_who_has_renewed_it_hears_nothing(
        self, laser: Machine, mira: Member, follows: dict[str, Any]
    ) -> None:
        rule(laser.space, 30 * DAY, event=ReminderEvent.CERTIFICATION)
        self.certify(mira, **follows)
        assert run() == []

    def test_who_renews_it_before_it_is_sent_hears_nothing(
        self, laser: Machine, mira: Member, deliver: Deliver
    ) -> None:
        rule(laser.space, 30 * DAY, event=ReminderEvent.CERTIFICATION)
        assert len(run()) == 1
        self.certify(mira, start_date=date(2026, 5, 1), end_date=None)
        assert deliver(NOW) == []

    def test_one_that_is_granted_for_less_is_known(self, laser: Machine) -> None:
        rule(laser.space, 60 * DAY, event=ReminderEvent.CERTIFICATION)
        skill = SkillFactory()
        laser.skills.add(skill)
        CertificationFactory(
            member=MembershipFactory(space=laser.space).member,
            skill=skill,
            start_date=date(2026, 5, 1),
            end_date=LAST,
        )
        assert run() == []

    def test_what_no_machine_of_the_category_needs_is_left_out(
        self, laser: Machine, mira: Member, staff: Member
    ) -> None:
        from_lasers = rule(
            laser.space, 30 * DAY, event=ReminderEvent.CERTIFICATION, category=laser.category
        )
        rule(laser.space, 30 * DAY, event=ReminderEvent.CERTIFICATION, to=ReminderTo.STAFF)
        laser.skills.clear()
        assert run() == []
        laser.skills.add(mira.certifications.get().skill)
        assert run() == [("Mira", notices.CERTIFICATION_ENDS), ("Stella", "certification_ends")]
        assert from_lasers.category == laser.category

    def test_a_stranger_to_the_space_is_not_told(self, laser: Machine, mira: Member) -> None:
        rule(laser.space, 30 * DAY, event=ReminderEvent.CERTIFICATION)
        mira.memberships.all().delete()
        assert run() == []


class TestMembershipsAndContracts:
    def test_members_and_staff_hear_that_a_membership_ends(
        self, space: Space, staff: Member, deliver: Deliver
    ) -> None:
        MembershipFactory(space=space, member__name="Mira", end_date=LAST)
        MembershipFactory(member__name="Elsewhere", end_date=LAST)
        for to in (ReminderTo.HOLDER, ReminderTo.STAFF):
            rule(space, 30 * DAY, event=ReminderEvent.MEMBERSHIP, to=to)
        assert run() == [
            ("Mira", notices.MEMBERSHIP_ENDS),
            ("Stella", notices.MEMBERSHIP_ENDS),
        ]
        assert [each.subject for each in deliver(NOW)] == [
            "Your membership of Atelier ends on Wednesday 3 June 2026",
            "Mira: membership ends on Wednesday 3 June 2026",
        ]

    def test_a_membership_that_goes_on_does_not_end(self, space: Space) -> None:
        rule(space, 30 * DAY, event=ReminderEvent.MEMBERSHIP)
        mira = MembershipFactory(space=space, end_date=LAST).member
        MembershipFactory(space=space, member=mira, start_date=LAST + DAY)
        assert run() == []

    def test_who_books_for_a_company_and_staff_hear_that_its_contract_ends(
        self, space: Space, staff: Member, deliver: Deliver
    ) -> None:
        contract = ContractFactory(
            space=space, company__name="Gear Ltd", start_date=date(2025, 1, 1), end_date=LAST
        )
        DelegateFactory(company=contract.company, member__name="Otto", member__language="fr")
        for to in (ReminderTo.BOOKERS, ReminderTo.STAFF):
            rule(space, 30 * DAY, event=ReminderEvent.CONTRACT, to=to)
        assert run() == [("Otto", notices.CONTRACT_ENDS), ("Stella", notices.CONTRACT_ENDS)]
        theirs, ours = deliver(NOW)
        assert (
            theirs.subject
            == "Le contrat de Gear Ltd avec Atelier prend fin le mercredi 3 juin 2026"
        )
        assert f"/companies/{contract.company.slug}/" in theirs.text
        assert f"/spaces/atelier/companies/{contract.company.slug}/" in ours.text

    def test_a_contract_that_another_follows_does_not_end(self, space: Space) -> None:
        rule(space, 30 * DAY, event=ReminderEvent.CONTRACT, to=ReminderTo.STAFF)
        company = ContractFactory(space=space, start_date=date(2025, 1, 1), end_date=LAST).company
        ContractFactory(space=space, company=company, start_date=LAST + DAY, end_date=None)
        assert run() == []


class TestStock:
    @pytest.fixture
    def petg(self, space: Space) -> Consumable:
        made: Consumable = ConsumableFactory(
            space=space, name="PETG", minimum=500, reorder=4000, article_number="P-175"
        )
        receive(item=made, quantity=Decimal(1000), by=None, now=NOW - DAY)
        return made

    def took(self, item: Consumable, quantity: int, now: datetime) -> None:
        take(item=item, quantity=Decimal(quantity), session_key="", by=None, now=now)

    def test_staff_hears_at_once_where_no_rule_says_otherwise(
        self, petg: Consumable, staff: Member, deliver: Deliver
    ) -> None:
        assert run() == []
        self.took(petg, 580, NOW)
        assert run() == [("Stella", notices.STOCK_LOW)]
        self.took(petg, 20, NOW + HOUR)
        assert len(run(NOW + HOUR)) == 1
        (sent,) = deliver(NOW + HOUR)
        assert sent.subject == "Low: PETG, 420\u00a0g left"
        assert "To order: 4,000\u00a0g" in sent.text
        assert f"/spaces/atelier/stock/{petg.pk}/" in sent.text

    def test_what_was_filled_up_meanwhile_is_not_told_and_anew_it_is(
        self, petg: Consumable, staff: Member, deliver: Deliver
    ) -> None:
        self.took(petg, 580, NOW)
        run()
        receive(item=petg, quantity=Decimal(4000), by=staff, now=NOW + MINUTE)
        assert deliver(NOW + MINUTE) == []
        self.took(petg, 4000, NOW + DAY)
        assert len(run(NOW + DAY)) == 2
        assert len(deliver(NOW + DAY)) == 1

    def test_rules_may_tell_it_again_later_or_not_at_all(
        self, petg: Consumable, staff: Member
    ) -> None:
        at_once = rule(petg.space, timedelta(0), event=ReminderEvent.STOCK, to=ReminderTo.STAFF)
        rule(petg.space, 3 * DAY, event=ReminderEvent.STOCK, to=ReminderTo.STAFF)
        self.took(petg, 580, NOW)
        assert [len(run(NOW + each * DAY)) for each in (0, 2, 3, 100)] == [1, 1, 2, 2]
        at_once.is_active = False
        at_once.save()
        self.took(petg, 1, NOW)
        receive(item=petg, quantity=Decimal(4000), by=staff, now=NOW)
        self.took(petg, 4000, NOW)
        assert len(run(NOW + DAY)) == 2


def test_who_left_is_not_told(space: Space) -> None:
    rule(space, 30 * DAY, event=ReminderEvent.MEMBERSHIP)
    MembershipFactory(space=space, end_date=LAST, member=MemberFactory(is_active=False))
    assert run() == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_job_takes_a_fixed_number_of_queries(
    laser: Machine, staff: Member, count: int, django_assert_num_queries: Any
) -> None:
    rule(laser.space, DAY, to=ReminderTo.STAFF)
    for number in range(count):
        reserved(laser, START + number * HOUR)
    with django_assert_num_queries(9):
        remind(START - HOUR, EVERY)
    with django_assert_num_queries(5):
        # The rules, the spaces, that nobody has yet to hear of anything, and that nothing is low.
        remind(START - HOUR + MINUTE, EVERY)
    RoleFactory(space=laser.space)
    assert remind(START - HOUR + MINUTE, EVERY) == count


@pytest.mark.parametrize("count", [1, 3])
def test_who_has_not_come_is_found_in_a_fixed_number_of_queries(
    laser: Machine, count: int, django_assert_num_queries: Any
) -> None:
    rule(laser.space, 10 * MINUTE, event=ReminderEvent.CHECK_IN)
    for _number in range(count):
        machine = MachineFactory(space=laser.space, category=laser.category)
        PolicyFactory(machine=machine, grace_period=30 * MINUTE)
        reserved(machine, START)
    with django_assert_num_queries(9):
        assert remind(START + 10 * MINUTE, EVERY) == count


class TestUntold:
    """What the job loads: as few as may be, and never too few."""

    def test_every_side_every_turn_and_every_category_is_told_once(
        self, laser: Machine, staff: Member, django_assert_num_queries: Any
    ) -> None:
        mill = MachineFactory(space=laser.space)
        for offset, said in (
            (3 * DAY, {}),
            (DAY, {}),
            (2 * DAY, {"category": mill.category}),
        ):
            rule(laser.space, offset, to=ReminderTo.STAFF, **said)
        company = CompanyFactory()
        mine, _other = DelegateFactory.create_batch(2, company=company)
        rule(laser.space, 2 * DAY, to=ReminderTo.BOOKERS)
        reserved(laser, START, member=mine.member, company=company)
        reserved(mill, START)
        hours = [72, 48, 24]
        assert [remind(START - each * HOUR, EVERY) for each in hours] == [1, 2, 1]
        for each in hours:
            with django_assert_num_queries(5):
                assert remind(START - each * HOUR + MINUTE, EVERY) == 0

    def test_of_a_cart_one_machine_is_told(self, laser: Machine, staff: Member) -> None:
        rule(laser.space, DAY, to=ReminderTo.STAFF)
        bundle, mira = uuid4(), MemberFactory()
        for machine in (laser, MachineFactory(space=laser.space)):
            reserved(machine, START, member=mira, bundle_id=bundle)
        assert run(START - HOUR) == [("Stella", notices.COMING)]

    def test_what_moves_and_comes_back_is_told_for_each_moment(
        self, laser: Machine, staff: Member
    ) -> None:
        rule(laser.space, DAY, to=ReminderTo.STAFF)
        row = reserved(laser, START)
        told = []
        for start in (START, START + timedelta(microseconds=7), START):
            Reservation.objects.filter(pk=row.pk).update(starts_at=start)
            told.append(remind(START - HOUR, EVERY))
        assert told == [1, 1, 0]
