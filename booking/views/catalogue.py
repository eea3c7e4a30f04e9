"""What visitors see: the front page, the catalogue and the page of a machine."""

from datetime import date
from http import HTTPStatus
from io import BytesIO
from urllib.parse import urljoin

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from booking.filters import CatalogueForm
from booking.forms import ReservationForm
from booking.queries import catalogue as queries
from booking.queries.board import viewer_in, week_of
from booking.queries.sheet import Sheet, sheet_of
from booking.queries.viewer import viewer_of
from machines.models import Machine
from members.models import Member
from spaces.intervals import week_start

SPAN_FIELDS = ("date", "start", "end", "end_date")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The spaces, and a way into the catalogue."""
    context = {
        "spaces": queries.spaces_with_counts(),
        "categories": queries.categories_with_counts()[:8],
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
    page = queries.catalogue(
        form.filters(),
        viewer,
        page=request.GET.get("page", "1"),
        now=moment,
    )
    address = request.GET.copy()
    address.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "address": address.urlencode(),
        "is_filtered": any(address.values()),
        "moment": moment,
        "viewer": viewer,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "booking/catalogue.html", context, status=status)


@require_safe
def machine(request: HttpRequest, space: str, slug: str) -> HttpResponse:
    """One machine: its sheet, its week and the form to reserve it."""
    found = get_object_or_404(queries.listed_machines(), space__slug=space, slug=slug)
    moment = now()
    viewer = viewer_of(request.user)
    monday = _monday(request, moment.astimezone(found.space.zone).date())
    board = week_of(found, monday, viewer=viewer_in(request.user, found.space), now=moment)
    sheet = sheet_of(found, viewer, week=monday, now=moment)
    context = {
        "machine": found,
        "board": board,
        "monday": monday,
        "sheet": sheet,
        "viewer": viewer,
        "moment": moment,
        "form": _reserve_form(request, sheet, moment.astimezone(found.space.zone).date()),
    }
    return render(request, "booking/machine.html", context)


@require_safe
def machine_qr(request: HttpRequest, space: str, slug: str) -> HttpResponse:  # noqa: ARG001
    """The QR code to stick on a machine: it opens the page for checking in."""
    machine = get_object_or_404(Machine.objects.listed(), space__slug=space, slug=slug)
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


def _reserve_form(request: HttpRequest, sheet: Sheet, today: date) -> ReservationForm:
    """The form beside the calendar, filled with the span of the address where it names one."""
    initial = {name: request.GET[name] for name in SPAN_FIELDS if request.GET.get(name)}
    return ReservationForm(
        initial={"date": today.isoformat()} | initial,
        machine=sheet.machine,
        terms=sheet.terms,
        member=request.user if isinstance(request.user, Member) else None,
    )


def _monday(request: HttpRequest, today: date) -> date:
    """The Monday of the week that the address asks for, of this week otherwise."""
    asked = request.GET.get("week") or request.GET.get("date", "")
    try:
        return week_start(date.fromisoformat(asked))
    except (ValueError, OverflowError):
        return week_start(today)
