"""What the person who looks at machines has learned, pays and belongs to."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from booking.rules import Held
from machines.models import Machine
from members.models import Certification, Member
from members.permissions import Visitor
from members.states import Audience
from spaces.models import Space


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """A visitor or member as far as cards and prices care; read once for any number of machines."""

    is_member: bool = False
    acts_for_company: bool = False
    staff_of: frozenset[int] = frozenset()
    is_superuser: bool = False
    certifications: dict[int, list[Held]] = field(default_factory=dict)

    def audience_in(self, space: Space) -> Audience:
        """Whose price this person is told in `space`."""
        if self.is_superuser or space.pk in self.staff_of:
            return Audience.STAFF
        return Audience.COMPANY if self.acts_for_company else Audience.MAKER

    def missing_for(self, machine: Machine, *, on: date) -> tuple[str, ...]:
        """The skills of `machine` in which no certification is in force on a date."""
        return tuple(
            skill.name
            for skill in machine.skills.all()
            if not any(held.covers(on, on) for held in self.certifications.get(skill.pk, ()))
        )


def viewer_of(person: Visitor) -> Viewer:
    """What `person` brings along, in three queries; none for visitors."""
    if not isinstance(person, Member) or not person.is_active:
        return Viewer()
    certifications: dict[int, list[Held]] = defaultdict(list)
    for skill_id, first, last in (
        Certification.objects.standing()
        .filter(member=person)
        .values_list("skill", "start_date", "end_date")
    ):
        certifications[skill_id].append(Held(start_date=first, end_date=last))
    return Viewer(
        is_member=True,
        acts_for_company=person.delegations.exists(),
        staff_of=frozenset(role.space_id for role in person.roles.all()),
        is_superuser=person.is_superuser,
        certifications=dict(certifications),
    )
