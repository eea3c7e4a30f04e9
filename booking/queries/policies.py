"""The policies of a space as its staff sets them: who says what, and what is left open."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from booking.models import Policy
from booking.queries.reminders import offsets_told
from booking.queries.terms import Policies, Resolved, Saying, nearness, resolved
from booking.reminders import Offsets
from booking.states import DEFAULT_REMINDER_OFFSET, EVERYBODY
from machines.models import Category, Machine
from members.states import Audience
from spaces.models import Space

EVERYBODY_TOLD = "everybody"
"""What addresses call a policy that is for no audience in particular."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a policy is about, and for whom: a category of a space, or one machine of it."""

    space: Space
    category: Category
    machine: Machine | None = None
    audience: Audience | None = None

    @property
    def pk(self) -> int:
        """The machine; 0 is none."""
        return self.machine.pk if self.machine else 0

    @property
    def space_id(self) -> int:
        """Where it is."""
        return self.space.pk

    @property
    def category_id(self) -> int:
        """Of which kind it is."""
        return self.category.pk

    @property
    def others_ahead_days(self) -> int | None:
        """How far ahead others than the owner of the machine may reserve it."""
        return self.machine.others_ahead_days if self.machine else None

    @property
    def name(self) -> str:
        """What it is called."""
        return self.machine.name if self.machine else self.category.name

    @property
    def whom(self) -> str:
        """The audience as addresses name it."""
        return self.audience or EVERYBODY_TOLD

    @property
    def key(self) -> dict[str, Any]:
        """The fields that tell its policy from all others."""
        return {
            "space": self.space,
            "category": None if self.machine else self.category,
            "machine": self.machine,
            "audience": self.audience or EVERYBODY,
        }

    def words_of(self, saying: Saying | None) -> str:
        """Which policy about it said something, such as “3D printers, makers”."""
        if saying is None:
            return _("default of the house")
        name = self.category if saying.machine_id is None else self.machine
        whom = Audience(saying.audience).label if saying.audience else _("everybody")
        return f"{name}, {whom}"

    def of(self, saying: Saying | None) -> "Subject | None":
        """What a policy that speaks of it is about itself; None for the default of the house."""
        if saying is None:
            return None
        return replace(
            self,
            machine=self.machine if saying.machine_id else None,
            audience=Audience(saying.audience) if saying.audience else None,
        )

    def names(self, saying: Saying) -> bool:
        """Whether `saying` is the policy of this subject itself."""
        return (saying.machine_id or 0, saying.audience) == (self.pk, self.audience or EVERYBODY)


def policy_of(subject: Subject) -> Policy:
    """The policy of `subject`, or a new one that says nothing yet."""
    return Policy.objects.filter(**subject.key).first() or Policy(**subject.key)


def without(subject: Subject) -> tuple[list[Saying], Resolved]:
    """What others say about `subject`, and what that comes to where its policy is silent."""
    others = [each for each in Policies([subject]).about(subject) if not subject.names(each)]
    return others, resolved(others, subject.audience)


def with_draft(subject: Subject, others: list[Saying], draft: Saying) -> Resolved:
    """What would hold with `draft` as the policy of `subject`."""
    return resolved(sorted([draft, *others], key=nearness), subject.audience)


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceTold:
    """What holds for an audience, and whether a policy of its own says so."""

    subject: Subject
    resolved: Resolved
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectTold:
    """A category or a machine with what holds for everybody, and for those apart from that."""

    subject: Subject
    told: list[AudienceTold]
    machine_count: int = 0
    reminders: Offsets = (DEFAULT_REMINDER_OFFSET,)
    machines: tuple["SubjectTold", ...] = ()

    @property
    def everybody(self) -> AudienceTold:
        """What holds for those without a policy of their own."""
        return self.told[0]

    @property
    def is_plain(self) -> bool:
        """Whether nothing but the defaults of the house holds."""
        is_said = any(each.is_own for each in self.told) or self.machines
        return not is_said and self.reminders == (DEFAULT_REMINDER_OFFSET,)

    @property
    def apart(self) -> list[AudienceTold]:
        """The audiences with a policy of their own."""
        return [each for each in self.told[1:] if each.is_own]

    @property
    def alike(self) -> list[AudienceTold]:
        """The audiences without."""
        return [each for each in self.told[1:] if not each.is_own]


def told_about(subject: Subject, policies: Policies) -> list[AudienceTold]:
    """What holds for everybody, and for each audience."""
    about = policies.about(subject)
    audiences: Iterable[Audience | None] = (None, *Audience)
    told = []
    for audience in audiences:
        each = replace(subject, audience=audience)
        told.append(
            AudienceTold(
                subject=each,
                resolved=resolved(about, audience),
                is_own=any(each.names(saying) for saying in about),
            )
        )
    return told


def policies_of(machine: Machine) -> SubjectTold:
    """What holds for one machine, its space and category loaded, in two queries."""
    subject = Subject(space=machine.space, category=machine.category, machine=machine)
    return SubjectTold(
        subject=subject,
        told=told_about(subject, Policies([subject])),
        reminders=offsets_told(machine.space).of(machine.category),
    )


def policies_in(space: Space) -> list[SubjectTold]:
    """Every category that the space has machines of, with the machines that differ; 3 queries."""
    machines = list(
        Machine.objects.in_service()
        .filter(space=space)
        .select_related("category")
        .order_by("name", "pk")
    )
    policies = Policies(machines)
    reminders = offsets_told(space)
    by_category: dict[Category, list[Machine]] = {}
    for machine in machines:
        by_category.setdefault(machine.category, []).append(machine)
    return [
        SubjectTold(
            subject=(subject := Subject(space=space, category=category)),
            told=told_about(subject, policies),
            machine_count=len(units),
            reminders=reminders.of(category),
            machines=tuple(_differing(space, units, policies)),
        )
        for category, units in sorted(by_category.items(), key=lambda each: each[0].name)
    ]


def _differing(space: Space, machines: list[Machine], policies: Policies) -> Iterable[SubjectTold]:
    """The machines of which some policy speaks."""
    for machine in machines:
        subject = Subject(space=space, category=machine.category, machine=machine)
        told = told_about(subject, policies)
        if any(each.is_own for each in told):
            yield SubjectTold(subject=subject, told=told)
