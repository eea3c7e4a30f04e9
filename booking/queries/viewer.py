"""What the person who looks at machines has learned, pays and belongs to."""

from dataclasses import dataclass, field
from datetime import date

from booking.facts import Certified, Terms
from booking.queries.papers import certified_by
from booking.queries.terms import terms_of
from machines.models import Machine
from members.models import Member
from members.permissions import Visitor, is_staff_of
from members.states import Audience
from spaces.models import Space


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """A visitor or member as far as cards and prices care; read once for any number of machines."""

    is_member: bool = False
    acts_for_company: bool = False
    staff_of: frozenset[int] = frozenset()
    is_superuser: bool = False
    certifications: dict[int, list[Certified]] = field(default_factory=dict)

    def audience_in(self, space_id: int) -> Audience:
        """Whose rules and prices this person is told in a space."""
        if self.is_superuser or space_id in self.staff_of:
            return Audience.STAFF
        return Audience.COMPANY if self.acts_for_company else Audience.MAKER

    def missing_for(self, machine: Machine, *, on: date) -> tuple[str, ...]:
        """The skills of `machine` in which nothing that counts there is in force on a date."""
        return tuple(
            skill.name
            for skill in machine.skills.all()
            if not any(
                each.counts_in(machine.space_id) and each.held.covers(on, on)
                for each in self.certifications.get(skill.pk, ())
            )
        )


def audience_told(person: Visitor, space: Space) -> Audience:
    """Whose rules and prices `person` is told in `space`, in at most two queries."""
    if is_staff_of(person, space):
        return Audience.STAFF
    if isinstance(person, Member) and person.is_active and person.delegations.exists():
        return Audience.COMPANY
    return Audience.MAKER


def terms_told(person: Visitor, machine: Machine) -> Terms:
    """The terms of `machine` as `person` is told them, in at most three queries."""
    return terms_of(machine, audience=audience_told(person, machine.space))


def viewer_of(person: Visitor) -> Viewer:
    """What `person` brings along, in three queries; none for visitors."""
    if not isinstance(person, Member) or not person.is_active:
        return Viewer()
    return Viewer(
        is_member=True,
        acts_for_company=person.delegations.exists(),
        staff_of=frozenset(role.space_id for role in person.roles.all()),
        is_superuser=person.is_superuser,
        certifications={
            skill: rows for (_member, skill), rows in certified_by([person.pk]).items()
        },
    )
