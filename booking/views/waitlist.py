"""Waiting for time: the wish, my wishes, what is offered, and the list as staff see it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booking.models import Offer, WaitlistEntry
from booking.queries.viewer import terms_told
from booking.queries.waitlist import offers, open_offers, waiting_in, wishes_of
from booking.services import waitlist
from booking.services.refusing import BookingRefused
from booking.views.asking import SPAN_FIELDS, open_machine, signed_in, tell_refusals
from booking.views.reserving import tell_reserved
from booking.wishing import WishForm
from machines.views.staff import UNPROCESSABLE, StaffPage


@login_required
@require_http_methods(["GET", "POST"])
def wish_new(request: HttpRequest, space: str, slug: str) -> HttpResponse:
    """The form to wait for time; refused with every reason beside its field."""
    machine, member, moment = open_machine(request, space, slug), signed_in(request), now()
    terms = terms_told(member, machine)
    options: dict[str, Any] = {"machine": machine, "terms": terms, "member": member}
    status = 200
    if request.method == "GET":
        form = WishForm(initial=_asked(request), **options)
    else:
        form, status = WishForm(request.POST, **options), UNPROCESSABLE
    if form.is_valid():
        try:
            waitlist.join(form.wish(), now=moment)
        except BookingRefused as error:
            form.show(error.refusals)
        else:
            messages.success(request, _("You are on the list, and are told by mail."))
            return redirect("booking:wishes")
    context = {"machine": machine, "form": form}
    return render(request, "booking/wish_new.html", context, status=status)


def _asked(request: HttpRequest) -> dict[str, str]:
    """What the address asks for; without a last day the window ends on the first."""
    asked = {name: request.GET[name] for name in SPAN_FIELDS if request.GET.get(name)}
    if request.GET.get("target"):
        asked["target"] = request.GET["target"]
    return asked


@login_required
@require_safe
@never_cache
def wishes(request: HttpRequest) -> HttpResponse:
    """What I wait for, with my place in each line."""
    current, past = wishes_of(signed_in(request), now=now())
    return render(request, "booking/wishes.html", {"current": current, "past": past})


@login_required
@require_POST
def wish_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a wish up."""
    rows = WaitlistEntry.objects.select_related("member", "company", "space")
    wish = get_object_or_404(rows, pk=pk)
    member = signed_in(request)
    if not waitlist.may_settle(wish, member):
        raise Http404
    try:
        waitlist.leave(wish=wish, by=member, now=now())
    except BookingRefused as error:
        tell_refusals(request, error)
    else:
        messages.success(request, _("You do not wait for this any more."))
    return redirect("booking:wishes")


@login_required
@require_safe
@never_cache
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """What is offered and until when; the answer is a button, never the opening of a link."""
    found = _offer(request, pk)
    context = {
        "offer": found,
        "reservation": found.reservation,
        "is_open": open_offers(now()).filter(pk=pk).exists(),
    }
    return render(request, "booking/offer.html", context)


@login_required
@require_POST
def offer_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a reservation of what is offered."""
    found = _offer(request, pk)
    try:
        made = waitlist.accept(offer=found, by=signed_in(request), now=now())
    except BookingRefused as error:
        tell_refusals(request, error)
        return redirect("booking:offer", pk)
    tell_reserved(request, made)
    return redirect("booking:reservation", made.pk)


@login_required
@require_POST
def offer_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Pass what is offered on to the next."""
    found = _offer(request, pk)
    try:
        waitlist.decline(offer=found, by=signed_in(request), now=now())
    except BookingRefused as error:
        tell_refusals(request, error)
        return redirect("booking:offer", pk)
    messages.success(request, _("Passed on to the next in line."))
    return redirect("booking:wishes")


class WaitlistPage(StaffPage):
    """Who waits for what in a space, in the order in which time is offered."""

    template_name = "booking/space_waitlist.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list."""
        rows = waiting_in(self.space, now=self.now)
        waiting = [each for each in rows if each.offer is None]
        return self.show(
            request, offered=[each for each in rows if each.offer is not None], waiting=waiting
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Move somebody up or down, or take their wish off the list."""
        rows = WaitlistEntry.objects.select_related("member", "company", "space")
        wish = get_object_or_404(rows, pk=kwargs["pk"], space=self.space)
        act = request.POST.get("act")
        try:
            if act in {"up", "down"}:
                waitlist.shift(wish=wish, up=act == "up", by=self.member)
            elif act == "remove":
                waitlist.leave(wish=wish, by=self.member, now=self.now)
                messages.success(request, _("The wish is off the list."))
        except BookingRefused as error:
            tell_refusals(request, error)
        return redirect("booking:space_waitlist", self.space.slug)


def _offer(request: HttpRequest, pk: int) -> Offer:
    """An offer, for who may answer it; for others it does not exist (Http404)."""
    found = get_object_or_404(offers(), pk=pk)
    if not waitlist.may_settle(found.entry, signed_in(request)):
        raise Http404
    return found
