"""Who may see what comes with a machine."""

from datetime import date

from django.db.models import Q, QuerySet

from machines.models import Document, Machine
from members.models import Certification, Member
from members.permissions import Visitor, is_staff_of


def may_see(person: Visitor, machine: Machine) -> bool:
    """Whether the pictures and papers of `machine` are for `person`.

    Those of the catalogue are for everybody, the others for the staff of their space.
    """
    is_in_catalogue = machine.is_listed and machine.space.is_listed and machine.retired_at is None
    return is_in_catalogue or is_staff_of(person, machine.space)


def is_certified(person: Visitor, machine: Machine, *, on: date) -> bool:
    """Whether `person` has all skills that `machine` asks for on a date, or is staff of its space.

    Where a machine asks for none, every member has them all.
    """
    if not isinstance(person, Member) or not person.is_active:
        return False
    if is_staff_of(person, machine.space):
        return True
    held = (
        Certification.objects.standing()
        .counting_in(machine.space)
        .filter(Q(end_date=None) | Q(end_date__gte=on), member=person, start_date__lte=on)
    )
    return not machine.skills.exclude(pk__in=held.values("skill")).exists()


def may_open(person: Visitor, document: Document, *, on: date) -> bool:
    """Whether `person` may have `document`; versions that do not hold any more are for staff."""
    if document.ended_at is not None:
        return is_staff_of(person, document.machine.space)
    if not may_see(person, document.machine):
        return False
    return not document.is_restricted or is_certified(person, document.machine, on=on)


def documents_open_to(person: Visitor, machine: Machine, *, on: date) -> QuerySet[Document]:
    """The documents of `machine` that `person` is told of; asks for skills only where needed."""
    rows = machine.documents.current()
    if not rows.filter(is_restricted=True).exists() or is_certified(person, machine, on=on):
        return rows
    return rows.filter(is_restricted=False)
