"""The page on which a member opens and revokes calendars to follow."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from booking.feed_forms import FeedForm
from booking.queries.feeds import feeds_of, followable
from booking.services.feeds import create_feed, revoke_feed
from booking.states import FeedKind
from booking.views.asking import signed_in
from machines.views.staff import UNPROCESSABLE

MACHINE = f"{FeedKind.MACHINE}:"
DIGITS = 18
"""No id has more."""


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def calendars(request: HttpRequest) -> HttpResponse:
    """My calendars, and the form that opens one and shows its address, this once."""
    member = signed_in(request)
    if request.method == "GET":
        about = request.GET.get("about", "")
        return _page(request, _form(request, about, initial={"about": about}))
    form = _form(request, request.POST.get("about", ""), data=request.POST)
    if not form.is_valid():
        return _page(request, form, status=UNPROCESSABLE)
    wanted = form.wanted
    feed, token = create_feed(
        member=member,
        kind=FeedKind(wanted.kind),
        machine=wanted.machine,
        space=wanted.space,
        company=wanted.company,
        name=form.cleaned_data["name"],
        now=now(),
    )
    address = settings.BASE_URL + reverse("api:calendar", args=[token])
    return _page(
        request,
        _form(request, wanted.about),
        new=feed,
        address=address,
        subscribe_url=f"webcal://{address.partition('://')[2]}",
    )


@login_required
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an address of the member's own."""
    feed = get_object_or_404(signed_in(request).feeds.select_related("machine__space"), pk=pk)
    revoke_feed(feed=feed, now=now())
    messages.success(
        request, _("The address of “%(calendar)s” opens nothing any more.") % {"calendar": feed}
    )
    return redirect("booking:calendars")


def _form(request: HttpRequest, about: str, **options: Any) -> FeedForm:
    """The form with all that the member may follow, and the machine that was asked for."""
    number = about.removeprefix(MACHINE)[:DIGITS] if about.startswith(MACHINE) else ""
    machine_id = int(number) if number.isdecimal() else None
    return FeedForm(followable=followable(signed_in(request), machine_id=machine_id), **options)


def _page(
    request: HttpRequest, form: FeedForm, *, status: int = 200, **shown: object
) -> HttpResponse:
    context = {"form": form, "feeds": feeds_of(signed_in(request)), **shown}
    return render(request, "booking/calendars.html", context, status=status)
