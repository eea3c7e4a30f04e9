"""Who may see and change which reservation."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q

from booking.models import Feed, Reservation, Series, UsageSession
from booking.models.reservation import ReservationQuerySet
from booking.states import UPCOMING, FeedKind, ReservationState
from machines.models import Machine
from machines.models.machine import MachineQuerySet
from members.models import Company, Member
from members.permissions import Visitor, is_of, is_staff_of, may_administer
from spaces.models import Space


def may_see(person: Visitor, reservation: Reservation) -> bool:
    """Whether `person` may open `reservation` and be told all about it: those inside, and staff.

    To everybody else it is “Reserved”, whether or not it is confidential.
    """
    return is_inside(person, reservation) or is_staff_of(person, reservation.machine.space)


def may_see_series(person: Visitor, series: Series) -> bool:
    """Whether `person` may open `series`: as each of its dates."""
    return is_inside(person, series) or is_staff_of(person, series.space)


def is_inside(person: Visitor, reservation: Reservation | Series) -> bool:
    """Whether `person` holds `reservation` or is a colleague in its company."""
    if not isinstance(person, Member) or not person.is_active:
        return False
    if reservation.member_id == person.pk:
        return True
    return reservation.company_id is not None and any(
        delegate.company_id == reservation.company_id for delegate in person.delegations.all()
    )


def visible_to(person: Member) -> ReservationQuerySet:
    """Every reservation that `may_see` allows `person`."""
    rows = Reservation.objects.all()
    if person.is_superuser:
        return rows
    return rows.filter(
        Q(member=person)
        | Q(company__in=person.companies.values("pk"))
        | Q(machine__space__in=person.roles.values("space"))
    )


def machines_open_to(person: Visitor) -> MachineQuerySet:
    """The machines in service that have a page for `person`, in one query.

    Lists show the listed ones. The others are there for the staff of their space, and for who
    has reserved them and must get in.
    """
    if not isinstance(person, Member) or not person.is_active:
        return Machine.objects.listed()
    rows = Machine.objects.in_service()
    if person.is_superuser:
        return rows
    held = visible_to(person).filter(
        machine=OuterRef("pk"), state__in=(*UPCOMING, ReservationState.IN_USE)
    )
    return rows.filter(
        Q(is_listed=True, space__is_listed=True)
        | Q(space__in=person.roles.values("space"))
        | Q(Exists(held))
    )


def may_load(person: Visitor, machine: Machine) -> bool:
    """Whether `person` may say what is loaded: who works there, or uses the machine now."""
    if is_staff_of(person, machine.space):
        return True
    return (
        isinstance(person, Member)
        and UsageSession.objects.open().filter(machine=machine, member=person).exists()
    )


def may_set_priority(person: Visitor, machine: Machine) -> bool:
    """Whether `person` may say who comes first: for who owns the machine, or where it stands."""
    if machine.owner is None:
        return False
    if is_staff_of(person, machine.space):
        return True
    if machine.owner_company is not None:
        return may_administer(person, machine.owner_company)
    return machine.owner_space is not None and is_staff_of(person, machine.owner_space)


def owner_told(person: Visitor, machine: Machine) -> Company | Space | None:
    """Who owns `machine`, as far as `person` is told: companies show to their own and to staff."""
    company = machine.owner_company
    if company is None:
        return machine.owner_space
    return company if is_staff_of(person, machine.space) or is_of(person, company) else None


def open_among(person: Member, feeds: Sequence[Feed]) -> list[Feed]:
    """Those of `feeds` that `person` may follow now, in at most three queries for any number.

    Asked at every reading: who has left a company or the staff reads nothing any more.
    """
    if not person.is_active:
        return []
    companies: set[int] = set()
    machines: set[int] = set()
    workplaces: set[int] = set()
    if any(feed.company_id for feed in feeds):
        companies = set(person.delegations.values_list("company", flat=True))
    if asked := {feed.machine_id for feed in feeds if feed.machine_id is not None}:
        found = machines_open_to(person).filter(pk__in=asked)
        machines = set(found.values_list("pk", flat=True))
    if any(feed.space_id for feed in feeds):
        workplaces = set(person.roles.values_list("space", flat=True))
    return [
        feed
        for feed in feeds
        if feed.kind == FeedKind.MINE
        or feed.company_id in companies
        or feed.machine_id in machines
        or feed.space_id in workplaces
        or (feed.space is not None and _is_open_to_all(feed, feed.space, person))
    ]


def _is_open_to_all(feed: Feed, space: Space, person: Member) -> bool:
    """Whether `person` may follow a space without working there: never who is on duty."""
    return person.is_superuser or (feed.kind == FeedKind.SPACE and space.is_listed)


def may_see_session(person: Visitor, session: UsageSession) -> bool:
    """Whether `person` may read about a use: who used the machine, those inside, and staff."""
    if not isinstance(person, Member) or not person.is_active:
        return False
    if session.member_id == person.pk or is_staff_of(person, session.machine.space):
        return True
    return session.reservation is not None and is_inside(person, session.reservation)
