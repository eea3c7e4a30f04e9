"""Who learned what elsewhere: skills and certifications, people and machines of an export."""

from dataclasses import dataclass

from booking.models import HistoryImport
from booking.services.history.people import People
from booking.services.history.places import Places
from booking.services.history.sources import Source
from machines.services.writing import skill_named
from members.models import Certification, Member
from members.services.certifications import record
from spaces.models import Space


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """What an export brings besides what took place: how many of each, and how many are new."""

    machines: int = 0
    new_machines: int = 0
    people: int = 0
    new_people: int = 0
    skills: tuple[str, ...] = ()
    certifications: int = 0
    new_certifications: int = 0
    openings: int = 0

    @property
    def brings(self) -> bool:
        """Whether anything of it is not here yet."""
        return bool(self.new_machines or self.new_people or self.new_certifications)


Standing = set[tuple[int, str]]
"""Members with the names of skills that they are certified in, in the space."""


def plan_lessons(space: Space, source: Source, places: Places) -> Lessons:
    """What `write_lessons` would do now."""
    export = source.export
    if export is None:
        return Lessons()
    told, people, learned = export.machines(), export.people(), export.learned()
    known = People(space).known([*people, *(each.who for each in learned)])
    standing = _standing(space)
    new = {
        (each.who.key, each.training)
        for each in learned
        if each.who.key not in known or (known[each.who.key].pk, each.training) not in standing
    }
    return Lessons(
        machines=len(told),
        new_machines=sum(places.of(each.name).machine is None for each in told),
        people=len(people),
        new_people=sum(each.key not in known for each in people),
        skills=tuple(export.trainings()),
        certifications=len(learned),
        new_certifications=len(new),
        openings=export.counts.get("availabilities", 0),
    )


def write_lessons(history: HistoryImport, source: Source, people: People) -> None:
    """Have the people, skills and certifications of an export; nobody is told."""
    export = source.export
    if export is None:
        return
    space, learned = history.space, export.learned()
    members = people.members([*export.people(), *(each.who for each in learned)])
    skills = {name: skill_named(name) for name in export.trainings()}
    standing = _standing(space)
    made = []
    for each in learned:
        member: Member = members[each.who.key]
        if (member.pk, each.training) in standing:
            continue
        standing.add((member.pk, each.training))
        made.append(
            record(
                member=member,
                skill=skills[each.training],
                space=space,
                by=history.made_by,
                granted_at=each.at,
                start_date=each.day,
            )
        )
    history.certifications.set(made)


def _standing(space: Space) -> Standing:
    rows = Certification.objects.standing().filter(space=space).select_related("skill")
    return {(row.member_id, row.skill.name) for row in rows}
