"""Inductions to come and one that is over, certificates to show, and who may certify others."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, time, timedelta
from typing import Any

from booking.models import Induction
from booking.services import inductions
from booking.services.displacing import Outdated
from booking.services.refusing import BookingRefused
from booking.states import InductionKind, InductionState, PlaceState
from machines.models import Machine
from members.models import Member, Skill, SkillTerms
from members.services.certifications import give_right, grant, recognise, show_name
from spaces.intervals import DAY, moment_of
from spaces.models import Space

HOUR = timedelta(hours=1)
EVENING = time(18)
DAYS_LOOKED_AT = 14
VALIDITY, DISUSE = 24, 12
SEATS = 4


def teach(
    spaces: Sequence[Space], *, people: dict[str, Member], makers: Sequence[Member], now: datetime
) -> None:
    """Have each space say what its skills take, and plan inductions; the first knows them all."""
    staff = people["staff"]
    for space in spaces:
        for machine, skill in _taught(space):
            SkillTerms.objects.create(
                space=space, skill=skill, validity_months=VALIDITY, disuse_months=DISUSE
            )
            _plan(machine, skill, makers, learner=people["maker"], by=staff, now=now)
    recognise(space=spaces[0], others=spaces[1:3], everybody=False)
    for _machine, skill in _taught(spaces[0])[:1]:
        about: dict[str, Any] = {"skill": skill, "space": spaces[0], "by": staff, "now": now}
        certificate = grant(member=people["maker"], **about)
        show_name(certification=certificate, shows=True)
        give_right(member=people["maker"], **about)
        _to_conclude(spaces[0], skill, makers[:SEATS], by=staff, now=now)


def _taught(space: Space) -> list[tuple[Machine, Skill]]:
    """A machine for each skill that the space needs, in a fixed order."""
    found: dict[int, tuple[Machine, Skill]] = {}
    machines = Machine.objects.in_service().filter(space=space).select_related("space", "category")
    for machine in machines.prefetch_related("skills").order_by("pk"):
        for skill in machine.skills.all():
            found.setdefault(skill.pk, (machine, skill))
    return list(found.values())


def _plan(
    machine: Machine,
    skill: Skill,
    makers: Sequence[Member],
    *,
    learner: Member,
    by: Member,
    now: datetime,
) -> None:
    """An evening in which nobody has the machine; `learner` comes where they lack the skill."""
    space = machine.space
    today = now.astimezone(space.zone).date()
    for ahead in range(3 + skill.pk % 5, DAYS_LOOKED_AT):
        start = moment_of(datetime.combine(today + ahead * DAY, EVENING), space.zone)
        draft = Induction(
            space=space,
            skill=skill,
            kind=InductionKind.REFRESHER if skill.pk % 4 == 0 else InductionKind.FULL,
            starts_at=start,
            ends_at=start + 2 * HOUR,
            decide_at=start - DAY,
            seats=SEATS,
            minimum=2,
            led_by=by,
        )
        with suppress(Outdated, BookingRefused):
            made = inductions.plan(draft, machines=[machine], choices={}, by=by, now=now)
            for member in makers[: skill.pk % (SEATS + 2)]:
                _join(made, member, now=now)
            if not learner.certifications.filter(skill=skill).exists():
                _join(made, learner, now=now)
            return


def _join(induction: Induction, member: Member, *, now: datetime) -> None:
    with suppress(BookingRefused):
        inductions.join(induction=induction, member=member, by=member, now=now)


def _to_conclude(
    space: Space, skill: Skill, makers: Sequence[Member], *, by: Member, now: datetime
) -> None:
    """One that took place yesterday, whose attendance list staff have not filled in yet."""
    yesterday = now.astimezone(space.zone).date() - DAY
    start = moment_of(datetime.combine(yesterday, EVENING), space.zone)
    made = Induction.objects.create(
        space=space,
        skill=skill,
        state=InductionState.CONFIRMED,
        starts_at=start,
        ends_at=start + 2 * HOUR,
        decide_at=start - DAY,
        seats=SEATS,
        created_by=by,
        led_by=by,
    )
    for member in makers:
        made.places.create(member=member, state=PlaceState.SEATED, seated_at=start - 2 * DAY)
