"""Who may see and change which reservation."""

from django.db.models import Exists, OuterRef, Q

from booking.models import Reservation, Series
from booking.models.reservation import ReservationQuerySet
from booking.states import UPCOMING, ReservationState
from machines.models import Machine
from machines.models.machine import MachineQuerySet
from members.models import Member
from members.permissions import Visitor, is_staff_of


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
