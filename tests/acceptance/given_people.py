"""The members and companies that a case gives."""

from datetime import date

from billing.states import ContractPeriod
from tests.acceptance.form import Facts
from tests.acceptance.given_machines import skill_of
from tests.acceptance.world import ALWAYS, World
from tests.factories.billing import ContractFactory
from tests.factories.members import (
    CertificationFactory,
    CompanyFactory,
    DelegateFactory,
    MembershipFactory,
)


def add_member(world: World, given: Facts) -> None:
    """Write what is said of a member: what they have learned and paid, their language and clock."""
    member = world.person(given["id"])
    member.language = given.get("language", member.language)
    member.timezone = given.get("zone", member.timezone)
    member.save()
    for each in given.each("certifications"):
        CertificationFactory(
            member=member,
            skill=skill_of(each["name"]),
            start_date=_date(each.get("from")) or ALWAYS,
            end_date=_date(each.get("until")),
        )
    if given.get("membership") is not None:
        membership = Facts(given["membership"], f"the membership of {given['id']}")
        MembershipFactory(
            member=member,
            space=world.space,
            start_date=_date(membership.get("from")) or ALWAYS,
            end_date=_date(membership.get("until")),
        )
        membership.finish()


def add_company(world: World, given: Facts) -> None:
    """Write a company with who books for it and its contract."""
    name = given["id"]
    company = CompanyFactory(slug=name.lower(), name=name)
    world.companies[name] = company
    for booker in given.get("bookers", []):
        DelegateFactory(company=company, member=world.person(booker))
    if given.get("contract") is None:
        return
    contract = Facts(given["contract"], f"the contract of {name}")
    hours = contract.get("hours")
    ContractFactory(
        company=company,
        space=world.space,
        start_date=_date(contract.get("from")) or ALWAYS,
        end_date=_date(contract.get("until")),
        included_minutes=None if hours is None else round(hours * 60),
        period=ContractPeriod(contract.get("per", ContractPeriod.MONTH)),
    )
    contract.finish()


def _date(text: str | date | None) -> date | None:
    return None if text is None else date.fromisoformat(str(text))
