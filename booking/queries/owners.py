"""Who comes first on a machine that a company or another space owns."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

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

    No query, but two where the members of other spaces come first, however many machines it is.
    """
    owned = [each for each in machines if terms[each.pk].owner_horizon_days is not None]
    theirs = {each.owner_space_id for each in owned if each.owner_company_id is None}
    belonging = _Belonging(member, theirs - {None}) if theirs else None
    found = dict(terms)
    for machine in owned:
        if _owns(machine, company, belonging, now):
            found[machine.pk] = terms[machine.pk].of_owner()
    return found


class _Belonging:
    """To which of some spaces somebody belongs: as a member, on which days, or at work there."""

    def __init__(self, member: Member, spaces: Collection[int | None]) -> None:
        theirs = {"member": member, "space__in": spaces}
        terms = Membership.objects.filter(**theirs)
        self._terms = list(terms.values_list("space_id", "start_date", "end_date"))
        self._at_work = set(Role.objects.filter(**theirs).values_list("space_id", flat=True))

    def to(self, space: int | None, today: date) -> bool:
        """Whether they belong to it on that day."""
        return space in self._at_work or any(
            of == space and start <= today and (end is None or today <= end)
            for of, start, end in self._terms
        )


def _owns(
    machine: Machine, company: Company | None, belonging: _Belonging | None, now: datetime
) -> bool:
    """Whether it is for the company that owns it, or by one of the space that does."""
    if machine.owner_company_id is not None:
        return company is not None and company.pk == machine.owner_company_id
    today = wall_time(now, machine.space.zone).date()
    return belonging is not None and belonging.to(machine.owner_space_id, today)
