"""Who calls, for whom, and about which machine."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from booking.api import schemas
from booking.permissions import machines_open_to
from booking.queries.facts import may_hold
from booking.rules import not_allowed
from booking.services.refusing import BookingRefused
from machines.models import Machine, Pool
from members.models import Company, Member
from members.permissions import is_staff_of
from spaces.models import Space
from spaces.prepared import Prepared, given

READ_OF_A_MACHINE = (
    "name", "slug", "category", "pool", "retired_at", "others_ahead_days", "owner_company",
    "owner_space", "room__name", "space__slug", "space__name", "space__timezone", "space__city",
    "space__street", "space__currency",
)  # fmt: skip
"""What reserving reads of it: a sheet holds long texts in four languages."""


def caller_of(request: HttpRequest) -> Member:
    """The member for whom the token or session stands."""
    caller: Member = request.auth  # type: ignore[attr-defined]
    return caller


def holder_of(
    body: schemas.HolderIn, *, space: Space, caller: Member
) -> tuple[Member, Company | None]:
    """The holder and the company of a request for time in `space`.

    Raises BookingRefused alike for people and companies that are not there and for those that
    the caller may not book for: who exists is not for strangers to find out by asking.
    """
    if body.for_member is None and body.company is None:
        return caller, None
    holder: Member | None = caller
    if body.for_member is not None:
        holder = Member.objects.filter(pk=body.for_member, is_active=True).first()
    company = Company.objects.filter(slug=body.company).first() if body.company else None
    is_staff = is_staff_of(caller, space)
    if holder is None or (body.company is not None and company is None):
        if is_staff:
            raise Http404
    elif may_hold(member=holder, by=caller, company=company, is_staff=is_staff):
        return holder, company
    raise BookingRefused([not_allowed(_("You may not book for this person or company."))])


def machine_for(pk: int, caller: Member) -> Machine:
    """A machine that has a page for the caller."""
    for machine in _MACHINES(pk=pk):
        return machine
    rows = machines_open_to(caller).select_related("space", "category", "room")
    return get_object_or_404(rows, pk=pk)


def pool_for(pk: int, caller: Member) -> tuple[Pool, Machine]:
    """A pool of which a unit has a page for the caller, and that unit; raises Http404."""
    units = machines_open_to(caller).filter(pool=pk).select_related("pool", "space", "category")
    first = next(iter(_UNITS(pool=pk)), None) or units.order_by("name", "pk").first()
    if first is None or first.pool is None:
        raise Http404
    return first.pool, first


_MACHINES = Prepared(
    lambda: (
        Machine.objects.listed()
        .filter(pk=given("pk"))
        .select_related("space", "room")
        .only(*READ_OF_A_MACHINE)
        .order_by()
    )
)

_UNITS = Prepared(
    lambda: (
        Machine.objects.listed()
        .filter(pool=given("pool"))
        .select_related("pool", "space", "category")
        .order_by("name", "pk")[:1]
    )
)
