"""What people have for a time, and nobody has prolonged: papers, memberships, contracts."""

from datetime import date, timedelta
from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from billing.models import Contract
from booking.queries.people import people_of
from machines.models import Machine
from members.models import Certification, Membership, Recognition
from members.models.certification import counts_in
from spaces.models import Space

Row = TypeVar("Row", bound=Model)


def certifications_ending() -> QuerySet[Certification]:
    """Certifications with a last day after which their holder is without the skill.

    What another space grants follows only where it counts; one of no space, which counts
    everywhere, may be followed by any.
    """
    standing = Certification.objects.standing()
    following = _following(standing, "member", "skill")
    recognised = Recognition.objects.filter(
        Q(granted_in=None) | Q(granted_in=OuterRef("space")), space=OuterRef(OuterRef("space"))
    )
    counting = following.filter(Q(space=None) | Q(space=OuterRef("space")) | Exists(recognised))
    rows = standing.filter(
        ~Exists(counting), Q(space__isnull=False) | ~Exists(following), end_date__isnull=False
    )
    return rows.filter(member__is_active=True).select_related("member", "skill")


def memberships_ending() -> QuerySet[Membership]:
    """Memberships with a last day after which nothing follows."""
    every = Membership.objects.all()
    rows = _not_followed(every, every, "member", "space")
    return rows.filter(member__is_active=True).select_related("member", "space")


def contracts_ending() -> QuerySet[Contract]:
    """Contracts with a last day after which nothing follows."""
    every = Contract.objects.all()
    rows = _not_followed(every, every, "company", "space")
    return rows.select_related("company", "space")


def within(rows: QuerySet[Row], today: date, reach: timedelta) -> QuerySet[Row]:
    """Those of `rows` whose last day is `today` or at most `reach` away, the nearest first."""
    return rows.filter(end_date__gte=today, end_date__lte=today + reach).order_by("end_date", "pk")


def needed_in(rows: QuerySet[Certification], space: Space) -> QuerySet[Certification]:
    """Certifications that people of `space` need for a machine of it, where they count."""
    skills = Machine.objects.in_service().filter(space=space).values("skills")
    counting: QuerySet[Certification] = rows.filter(counts_in(space.pk))
    return counting.filter(skill__in=skills, member__in=people_of(space))


def machines_needing(space: Space) -> dict[int, list[Machine]]:
    """The machines of `space` by each skill that they need, in two queries."""
    found: dict[int, list[Machine]] = {}
    machines = Machine.objects.in_service().filter(space=space).order_by("name", "pk")
    for machine in machines.prefetch_related("skills"):
        for skill in machine.skills.all():
            found.setdefault(skill.pk, []).append(machine)
    return found


def _not_followed(rows: QuerySet[Row], others: QuerySet[Row], *same: str) -> QuerySet[Row]:
    """Rows with a last day that no other one of the same people goes on after."""
    return rows.filter(~Exists(_following(others, *same)), end_date__isnull=False)


def _following(others: QuerySet[Row], *same: str) -> QuerySet[Row]:
    """Those of `others` that go on after a row of the same people."""
    return others.filter(
        Q(end_date=None) | Q(end_date__gt=OuterRef("end_date")),
        start_date__lte=OuterRef("end_date") + timedelta(days=1),
        **{name: OuterRef(name) for name in same},
    )
