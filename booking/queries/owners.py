"""Who comes first on a machine that a company or another space owns."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from booking.facts import Terms
from machines.models import Machine
from members.models import Company, Member, Membership, Role
from spaces.intervals import wall_time


def for_owners(
    terms: dict[int, Terms],
    machines: Iterable[Machine],
    *,
    member: Member,
    company: Company | None,
    now: datetime,
) -> dict[int, Terms]:
    """`terms` by machine, those of an owner where `member` or `company` owns it.

    No query, but two for each machine on which the members of another space come first.
    """
    found = dict(terms)
    for machine in machines:
        held = terms[machine.pk]
        if held.owner_horizon_days is not None and _owns(machine, member, company, now):
            found[machine.pk] = held.of_owner()
    return found


def _owns(machine: Machine, member: Member, company: Company | None, now: datetime) -> bool:
    """Whether it is for the company that owns it, or by one of the space that does."""
    if machine.owner_company_id is not None:
        return company is not None and company.pk == machine.owner_company_id
    theirs = {"member": member, "space": machine.owner_space_id}
    today = wall_time(now, machine.space.zone).date()
    belongs = Membership.objects.filter(
        Q(end_date=None) | Q(end_date__gte=today), start_date__lte=today, **theirs
    )
    return belongs.exists() or Role.objects.filter(**theirs).exists()
