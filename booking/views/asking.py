"""Who asks, about what, and where they go back to."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from booking.facts import Refusal
from booking.models import Reservation
from booking.permissions import machines_open_to, may_see
from booking.queries.inductions import next_for
from booking.queries.requests import PARTS
from booking.services.reservations import BookingRefused
from booking.states import RefusalCode
from machines.models import Machine
from members.models import Member

View = Callable[[HttpRequest, str, str], HttpResponse]
"""A page of a machine, by the addresses of its space and its own."""

LEARNED = frozenset({RefusalCode.NOT_CERTIFIED, RefusalCode.CERTIFICATION_EXPIRED})
"""What an induction can mend."""

SPAN_FIELDS = ("date", "start", "end", "end_date")


def open_machine(request: HttpRequest, space: str, slug: str) -> Machine:
    """A machine by its address, where it has a page for the person; raises Http404."""
    rows = machines_open_to(request.user).select_related("space", "category", "room")
    return get_object_or_404(rows, space__slug=space, slug=slug)


def follows_moves(view: View) -> View:
    """A page of a machine that leads on where the machine went to another space."""

    @wraps(view)
    def followed(request: HttpRequest, space: str, slug: str) -> HttpResponse:
        try:
            return view(request, space, slug)
        except Http404:
            gone = Machine.objects.filter(space__slug=space, slug=slug, moved_to__isnull=False)
            found = gone.select_related("moved_to__space").first()
            if found is None or found.moved_to is None or request.resolver_match is None:
                raise
            there = (found.moved_to.space.slug, found.moved_to.slug)
            return redirect(request.resolver_match.view_name, *there)

    return followed


def visible_reservation(request: HttpRequest, pk: int) -> Reservation:
    """A reservation that the person may see; for anyone else it does not exist (Http404)."""
    rows = Reservation.objects.select_related(*PARTS, "cancelled_by")
    reservation = get_object_or_404(rows, pk=pk)
    if not may_see(request.user, reservation):
        raise Http404
    return reservation


def signed_in(request: HttpRequest) -> Member:
    """The member who asks; raises PermissionDenied for visitors."""
    if not isinstance(request.user, Member):
        raise PermissionDenied
    return request.user


def back(request: HttpRequest, reservation: Reservation) -> HttpResponse:
    """Go back to the page that asked, else to the reservation."""
    return redirect(next_page(request, reverse("booking:reservation", args=[reservation.pk])))


def next_page(request: HttpRequest, otherwise: str) -> str:
    """The page of ours that asked, else another one."""
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if is_ours else otherwise


def way_to_learn(
    machine: Machine, refusals: Iterable[Refusal], *, moment: datetime
) -> dict[str, object]:
    """Where one learns what is missing for `machine`; nothing, and no query, where nothing is."""
    if LEARNED.isdisjoint(each.code for each in refusals):
        return {}
    return {"learn_for": machine, "next_induction": next_for(machine, moment)}


def tell_refusals(request: HttpRequest, error: BookingRefused) -> None:
    """Say every reason why something could not be done, at the top of the next page."""
    for refusal in error.refusals:
        messages.error(request, refusal.message)
