"""Inductions: those to come, those of one person, and those of a space for its staff."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from booking.models import Induction, InductionPlace, Reservation
from booking.states import AHEAD, COMING, OCCUPYING, InductionKind, PlaceState
from machines.models import Machine
from members.models import Member
from spaces.models import Space


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An induction with its machines, how full it is, and what the reader has of it."""

    row: Induction
    machines: tuple[Machine, ...]
    seated: int
    waiting: int
    place: InductionPlace | None

    @property
    def free(self) -> int:
        """How many seats nobody has."""
        return max(self.row.seats - self.seated, 0)

    @property
    def is_full(self) -> bool:
        """Whether who asks now waits."""
        return not self.free


def to_come(
    now: datetime, *, space: str = "", machine: str = "", skill: str = ""
) -> QuerySet[Induction]:
    """What everybody may take part in from now on, the next first; by the names in addresses."""
    rows = Induction.objects.ahead().filter(starts_at__gt=now, space__is_listed=True)
    if space:
        rows = rows.filter(space__slug=space)
    if machine:
        rows = rows.filter(
            skill__in=Machine.objects.filter(slug=machine, space__slug=space).values("skills")
        )
    if skill:
        rows = rows.filter(skill__slug=skill)
    # Rows that are counted are in no order of their own.
    return rows.with_counts().select_related("space", "skill").order_by("starts_at", "pk")


def of_space(space: Space, *, skill: str = "") -> QuerySet[Induction]:
    """All inductions of a space, the last first."""
    rows = Induction.objects.filter(space=space)
    if skill:
        rows = rows.filter(skill__slug=skill)
    rows = rows.with_counts().select_related("space", "skill", "led_by")
    return rows.order_by("-starts_at", "-pk")


def told(rows: Iterable[Induction], reader: Member | None = None) -> list[Told]:
    """Each of `rows`, which have their counts, in two queries; one for visitors."""
    rows = list(rows)
    machines = machines_taken(rows)
    places: dict[int, InductionPlace] = {}
    if reader is not None:
        mine = InductionPlace.objects.filter(member=reader, induction__in=rows)
        places = {each.induction_id: each for each in mine.exclude(state=PlaceState.LEFT)}
    return [_told(row, machines, places) for row in rows]


def _told(
    row: Any, machines: dict[object, list[Machine]], places: dict[int, InductionPlace]
) -> Told:
    """`row` comes with the counts of `with_counts`."""
    return Told(
        row=row,
        machines=tuple(machines.get(row.bundle_id, ())),
        seated=row.seated,
        waiting=row.waiting,
        place=places.get(row.pk),
    )


def machines_taken(rows: Sequence[Induction]) -> dict[object, list[Machine]]:
    """The machines of inductions by their bundle; of one that has none any more, those it had."""
    bundles = [row.bundle_id for row in rows if row.bundle_id is not None]
    held: dict[object, list[Machine]] = {}
    lost: dict[object, list[Machine]] = {}
    if not bundles:
        return held
    blocks = Reservation.objects.filter(bundle_id__in=bundles)
    for block in blocks.select_related("machine__space").order_by("machine__name", "pk"):
        side = held if block.state in OCCUPYING else lost
        machines = side.setdefault(block.bundle_id, [])
        if block.machine not in machines:
            machines.append(block.machine)
    return lost | held


def lost_by(induction: Induction) -> list[Machine]:
    """The machines that were held for it and are not any more, in one query."""
    blocks = Reservation.objects.filter(bundle_id=induction.bundle_id)
    held = blocks.filter(state__in=OCCUPYING).values("machine")
    lost = blocks.exclude(machine__in=held).values("machine")
    return list(Machine.objects.filter(pk__in=lost).order_by("name", "pk"))


def is_taught_on_the_rest(induction: Induction) -> bool:
    """Whether one of the machines that it still has is one for which its skill is needed.

    Where none of them ever was, any will do.
    """
    blocks = Reservation.objects.filter(bundle_id=induction.bundle_id)
    held = blocks.filter(state__in=OCCUPYING)
    about = {"machine__skills": induction.skill_id}
    return held.filter(**about).exists() or (held.exists() and not blocks.filter(**about).exists())


def own_places(member: Member, now: datetime) -> QuerySet[InductionPlace]:
    """Where `member` has a seat or waits for one, the next first."""
    rows = member.induction_places.filter(
        state__in=COMING, induction__state__in=AHEAD, induction__ends_at__gt=now
    )
    parts = rows.select_related("induction__space", "induction__skill")
    return parts.order_by("induction__starts_at", "pk")


def place_in_line(place: InductionPlace) -> int:
    """Which place in the line somebody has who waits; the next seat goes to number 1."""
    line = InductionPlace.objects.filter(induction=place.induction_id, state=PlaceState.WAITING)
    return list(line.order_by("joined_at", "pk").values_list("pk", flat=True)).index(place.pk) + 1


def attendance_of(induction: Induction) -> list[InductionPlace]:
    """Everybody of an induction, those with a seat first, then the line in its order."""
    rows = induction.places.select_related("member", "certification")
    order = list(PlaceState)
    return sorted(
        rows.order_by("joined_at", "pk"), key=lambda place: order.index(PlaceState(place.state))
    )


def next_for(machine: Machine, now: datetime) -> Induction | None:
    """The next induction in which what `machine` needs is taught, for the first time."""
    rows = Induction.objects.ahead().filter(
        kind=InductionKind.FULL, starts_at__gt=now, space=machine.space_id
    )
    needed = rows.filter(skill__machines=machine).select_related("space", "skill")
    return needed.order_by("starts_at", "pk").first()
