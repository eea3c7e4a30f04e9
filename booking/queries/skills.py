"""The skills of a space: what needs them, who has them, what it takes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from machines.models import Machine
from members.models import Certification, Recognition, Skill, SkillTerms
from spaces.models import Space


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillTold:
    """A skill as the list of a space shows it."""

    skill: Skill
    terms: SkillTerms | None
    machines: tuple[str, ...]
    holders: int


def skills_of(space: Space, *, on: date) -> list[SkillTold]:
    """Every skill with what it is in `space` on a day, those that it needs first; four queries."""
    machines: dict[int, list[str]] = {}
    needed = Machine.skills.through.objects.filter(
        machine__in=Machine.objects.in_service().filter(space=space)
    )
    rows = needed.order_by("machine__name", "machine_id")
    for skill_id, name in rows.values_list("skill_id", "machine__name"):
        machines.setdefault(skill_id, []).append(name)
    terms = {each.skill_id: each for each in SkillTerms.objects.filter(space=space)}
    holders = _holders(space, on)
    found = [
        SkillTold(
            skill=skill,
            terms=terms.get(skill.pk),
            machines=tuple(machines.get(skill.pk, ())),
            holders=len(holders.get(skill.pk, ())),
        )
        for skill in Skill.objects.order_by("name", "pk")
    ]
    return sorted(found, key=lambda each: not (each.machines or each.terms))


def _holders(space: Space, on: date) -> dict[int, set[int]]:
    """Who has which skill on a day, as far as it counts in `space`."""
    rows = Certification.objects.standing().counting_in(space).filter(start_date__lte=on)
    return _grouped(
        (skill, member)
        for skill, member, end in rows.values_list("skill_id", "member_id", "end_date")
        if end is None or on <= end
    )


def _grouped(pairs: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for key, value in pairs:
        found.setdefault(key, set()).add(value)
    return found


def recognised_by(space: Space) -> dict[str, object]:
    """Whose certifications `space` counts, as its form is filled."""
    rows = list(Recognition.objects.filter(space=space).values_list("granted_in", flat=True))
    return {"everybody": None in rows, "others": [pk for pk in rows if pk is not None]}
