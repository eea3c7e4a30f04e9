"""Trying the rules: every one with its answer and with who says so, as the engine judges."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from billing.models import HourlyPrice
from booking.facts import BookingRequest
from booking.holding import ASKED
from booking.rules import RULES
from booking.services.reservations import check
from booking.services.trial import Trial, try_out
from booking.states import RefusalCode
from machines.models import Machine
from members.models import Member
from tests.factories.billing import ContractFactory
from tests.factories.booking import PolicyFactory, ReservationFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import (
    CompanyFactory,
    DelegateFactory,
    MemberFactory,
    MembershipFactory,
    RoleFactory,
    SkillFactory,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
START = NOW + DAY


@pytest.fixture
def laser() -> Machine:
    made: Machine = MachineFactory(name="Laser", slug="laser")
    return made


@pytest.fixture
def ana(laser: Machine) -> Member:
    member: Member = MemberFactory(name="Ana Arnold", email="ana@example.org")
    MembershipFactory(member=member, space=laser.space)
    return member


def tried(machine: Machine, member: Member, hours: int = 2, **more: Any) -> Trial:
    request = BookingRequest(starts_at=START, ends_at=START + hours * HOUR)
    return try_out(
        **{"machine": machine, "member": member, "company": None, "request": request, "now": NOW}
        | more
    )


def broken(trial: Trial) -> list[RefusalCode]:
    return [line.refusal.code for line in trial.lines if line.refusal and not line.is_waived]


def test_every_rule_says_what_it_asks() -> None:
    assert tuple(ASKED) == RULES


def test_each_rule_is_kept_or_broken_and_says_by_what(laser: Machine, ana: Member) -> None:
    about = {"machine": None, "space": laser.space, "category": laser.category}
    PolicyFactory(**about, longest=HOUR)
    PolicyFactory(machine=laser, audience="maker", lead_time=3 * DAY)
    laser.skills.add(SkillFactory(name="Laser safety"))
    ReservationFactory(machine=laser, starts_at=START + HOUR)
    trial = tried(laser, ana)
    assert broken(trial) == ["LEAD_TIME", "TOO_LONG", "NOT_CERTIFIED", "TAKEN"]
    assert not trial.may_book
    lines = dict(zip((rule.__name__ for rule in RULES), trial.lines, strict=True))
    (said,) = lines["lead_time_is_kept"].said_by
    assert said is not None
    assert (said.machine_id, said.audience) == (laser.pk, "maker")
    (said,) = lines["span_is_short_enough"].said_by
    assert said is not None
    assert (said.machine_id, said.audience) == (None, "")
    assert lines["horizon_is_kept"].said_by == (None,)
    assert lines["member_is_certified"].source == "the machine"
    assert "Laser safety" in lines["member_is_certified"].asks


def test_it_says_what_the_engine_says(laser: Machine, ana: Member) -> None:
    PolicyFactory(machine=laser, lead_time=3 * DAY, membership_needed=True, longest=HOUR)
    request = BookingRequest(starts_at=START, ends_at=START + 2 * HOUR)
    refusals, _quote = check(machine=laser, member=ana, request=request, by=ana, now=NOW)
    trial = tried(laser, ana)
    assert [line.refusal for line in trial.lines if line.refusal] == refusals


def test_staff_is_let_off_what_may_be_waived(laser: Machine) -> None:
    PolicyFactory(machine=laser, longest=HOUR, approval_needed=True)
    staff = RoleFactory(space=laser.space).member
    trial = tried(laser, staff)
    assert trial.may_book
    assert broken(trial) == []
    assert [line.refusal.code for line in trial.lines if line.is_waived and line.refusal] == [
        "TOO_LONG"
    ]
    assert not trial.waits_for_approval


def test_a_company_has_its_terms_contract_and_price(laser: Machine, ana: Member) -> None:
    company = DelegateFactory(member=ana, company=CompanyFactory()).company
    start_date = NOW.date() - DAY
    ContractFactory(company=company, space=laser.space, start_date=start_date, horizon_days=0)
    PolicyFactory(machine=laser, audience="company", approval_needed=True)
    HourlyPrice.objects.create(machine=laser, audience="company", amount=30)
    trial = tried(laser, ana, company=company)
    assert broken(trial) == ["HORIZON"]
    horizon = next(line for line in trial.lines if line.refusal)
    assert (horizon.said_by, horizon.source) == ((), "the contract with the company")
    assert trial.quote is not None
    assert trial.quote.amount == 60
    assert trial.waits_for_approval
    stranger = tried(laser, MemberFactory(), company=company)
    assert "NOT_ALLOWED" in broken(stranger)


@pytest.fixture
def staff(client: Client, laser: Machine) -> Client:
    client.force_login(RoleFactory(space=laser.space, member__name="Sam Staff").member)
    return client


def asked(laser: Machine, person: str, **more: str) -> dict[str, str]:
    when = {"date": "2026-05-05", "start": "10:00", "end": "12:00", "company": ""}
    return {"person": person, "machine": laser.slug} | when | more


@time_machine.travel(NOW, tick=False)
def test_the_page_answers_with_every_rule(staff: Client, laser: Machine, ana: Member) -> None:
    PolicyFactory(machine=laser, audience="maker", lead_time=3 * DAY)
    address = f"/spaces/{laser.space.slug}/policies/try/"
    assert "Try" in staff.get(address).text
    page = staff.get(address, asked(laser, "ana"))
    assert "No: Ana Arnold may not book Laser like this." in page.text
    assert page.text.count("<tr>") == len(RULES) + 1
    # What stands in the way is read first.
    assert page.text.index(">broken<") < page.text.index(">kept<")
    assert ">broken<" not in page.text[page.text.index(">kept<") :]
    assert "Laser, makers" in page.text
    assert f"/machines/{laser.slug}/policies/maker/" in page.text
    assert "default of the house" in page.text
    fine = staff.get(address, asked(laser, "ana@example.org", date="2026-05-12"))
    assert "Yes: Ana Arnold may book Laser." in fine.text


@time_machine.travel(NOW, tick=False)
def test_the_person_is_looked_for_among_the_people_of_the_space(
    staff: Client, laser: Machine, ana: Member
) -> None:
    address = f"/spaces/{laser.space.slug}/policies/try/"
    MemberFactory(name="Anatol Elsewhere")
    other = ReservationFactory(machine=laser, starts_at=START, member__name="Anatol Here").member
    several = staff.get(address, asked(laser, "ana"))
    assert "Several are called that." in several.text
    assert other.email in several.text
    assert "Elsewhere" not in several.text
    assert "Nobody of this space" in staff.get(address, asked(laser, "Elsewhere")).text
    for number in range(11):
        MembershipFactory(space=laser.space, member__name=f"Ana {number}")
    assert "Write more of the name" in staff.get(address, asked(laser, "ana")).text
