"""What visitors see: the front page, the catalogue and the page of a machine."""

from datetime import datetime
from io import BytesIO
from urllib.parse import urlencode, urljoin

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from booking.filters import CatalogueForm
from booking.permissions import machines_open_to, may_set_priority, owner_told
from booking.queries import catalogue as queries
from booking.queries.pool_cards import PoolCard, pool_cards
from booking.queries.sheet import asks_of, sheet_of
from booking.queries.viewer import Viewer, viewer_of
from booking.views.asking import SPAN_FIELDS, follows_moves
from booking.views.calendar import day_asked, view_asked, week_context
from booking.views.reserving import reserve_form, verdict_on_form
from spaces.intervals import week_start


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The spaces, and a way into the catalogue."""
    context = {
        "spaces": queries.spaces_with_counts(),
        "categories": queries.categories_with_counts()[:8],
        "moment": now(),
    }
    return render(request, "booking/home.html", context)


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """The machines that the address of the page asks for."""
    moment = now()
    form = CatalogueForm(
        request.GET,
        spaces=queries.spaces_with_counts(),
        categories=queries.categories_with_counts(),
    )
    form.is_valid()
    viewer = viewer_of(request.user)
    found = queries.catalogue(
        form.filters(),
        viewer,
        page=request.GET.get("page", "1"),
        now=moment,
    )
    address = request.GET.copy()
    address.pop("page", None)
    context = {
        "form": form,
        "page": found.page,
        "cards": found.cards,
        "pools": _pools(found, viewer, at_a_time=bool(form.filters().free_at), moment=moment),
        "address": address.urlencode(),
        "asked_time": _asked_time(request),
        "has_passed": form.has_passed(moment),
        "is_filtered": any(address.values()),
        "moment": moment,
        "viewer": viewer,
    }
    return render(request, "booking/catalogue.html", context)


def _pools(
    found: queries.CardPage, viewer: Viewer, *, at_a_time: bool, moment: datetime
) -> list[PoolCard]:
    """The pools among what was found, on its first page."""
    if found.page.has_previous():
        return []
    units = list(found.found.exclude(pool=None))
    return pool_cards(units, viewer, at_a_time=at_a_time, now=moment)


def _asked_time(request: HttpRequest) -> str:
    """The time that was asked for, which the form of a machine found then offers."""
    asked = {name: request.GET.get(name) for name in SPAN_FIELDS}
    return urlencode({name: text for name, text in asked.items() if text}) if asked["date"] else ""


@require_safe
@follows_moves
def machine(request: HttpRequest, space: str, slug: str) -> HttpResponse:
    """One machine: its sheet, its week and the form to reserve it."""
    found = get_object_or_404(
        queries.with_parts(machines_open_to(request.user)), space__slug=space, slug=slug
    )
    moment = now()
    viewer = viewer_of(request.user)
    today = moment.astimezone(found.space.zone).date()
    monday = week_start(day_asked(request.GET.get("week") or request.GET.get("date"), today))
    asks = asks_of(found, viewer, week=monday, now=moment)
    form = reserve_form(found, request.user, request.GET, moment=moment)
    context = {
        **week_context(found, monday, request.user, moment, view=view_asked(request)),
        **verdict_on_form(form, request.user, moment=moment),
        "asks": asks,
        "sheet": sheet_of(found, asks.terms, person=request.user, now=moment),
        "viewer": viewer,
        "moment": moment,
        "form": form,
        "owner": owner_told(request.user, found),
        "may_set_priority": may_set_priority(request.user, found),
        "pool_count": found.pool.machines.listed().count() if found.pool else 0,
    }
    return render(request, "booking/machine.html", context)


@require_safe
def machine_qr(request: HttpRequest, space: str, slug: str) -> HttpResponse:
    """The QR code to stick on a machine: it opens the page for checking in."""
    machine = get_object_or_404(machines_open_to(request.user), space__slug=space, slug=slug)
    address = urljoin(settings.BASE_URL, reverse("booking:at_machine", args=[space, machine.slug]))
    drawing = BytesIO()
    segno.make(address, micro=False, error="m").save(
        drawing,
        kind="svg",
        scale=8,
        border=4,
        title=machine.name,
        light="#fff",
        svgclass=None,
        lineclass=None,
    )
    return HttpResponse(drawing.getvalue(), content_type="image/svg+xml")
