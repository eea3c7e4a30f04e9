"""The board of a space for its staff: all machines over a day or a week."""

from datetime import date, datetime
from typing import cast
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from booking.board_json import board_as_json
from booking.lane_parts import Viewer
from booking.models import Reservation
from booking.queries.board import DAYS_OF_WEEK, Board, board_of, cancelled_on
from booking.queries.bundles import entry_of
from booking.services import reservations
from booking.views.asking import SPAN_FIELDS
from booking.views.blocking import block_form
from booking.views.calendar import day_asked, view_asked, view_context
from machines.models import Machine
from members.context import workplaces
from members.models import Member
from spaces.intervals import DAY, week_start
from spaces.models import Space

PANEL = "panel"


@login_required
@require_GET
@vary_on_headers("Accept")
def board(request: HttpRequest, space: str) -> HttpResponse:
    """A day of all machines, `?day=`, or a week, `?week=`; as JSON where that is asked for."""
    # The same list serves the header of the page: who may see this costs no query of its own.
    mine = workplaces(request)
    site = next(
        (each for each in cast("list[Space]", mine["workplaces"]) if each.slug == space), None
    )
    member = request.user
    if site is None or not isinstance(member, Member):
        get_object_or_404(Space, slug=space)
        raise PermissionDenied
    moment = now()
    today = moment.astimezone(site.zone).date()
    chosen = _chosen_reservation(request, site)
    asked = request.GET.get("week")
    if asked is not None:
        first, days = week_start(day_asked(asked, today)), DAYS_OF_WEEK
    else:
        # Without a day the board shows that of the reservation, wherever it was moved.
        its_day = chosen.starts_at.astimezone(site.zone).date() if chosen else today
        first, days = day_asked(request.GET.get("day"), its_day), 1
    panel = _panel_of(chosen, member, moment) if chosen else _panel_of_machine(request, site, first)
    panel |= {"space": site, "day": first}
    if request.headers.get("HX-Target") == PANEL:
        return render(request, "booking/_panel.html", panel)
    view = view_context(view_asked(request))
    shown = board_of(
        site,
        first,
        days=days,
        viewer=Viewer(member_id=member.pk, is_staff=True),
        now=moment,
        link=f"?day={first}{view['keep']}&reservation=",
        keep=str(view["keep"]),
        # At a glance a gap is too small to be pressed; in a list it is not.
        offers=days == 1 or view["view"] == "agenda",
    )
    if not request.accepts("text/html"):
        return JsonResponse(board_as_json(shown))
    context = mine | view | _context(shown, today, moment)
    if not context["is_week"]:
        context["cancelled"] = cancelled_on(site, first, now=moment)
    return render(request, "booking/board.html", context | panel)


def _context(shown: Board, today: date, moment: datetime) -> dict[str, object]:
    """Where the arrows lead and where the present lies."""
    step = shown.days * DAY
    axis = shown.axes[0]
    unit = "week" if shown.days > 1 else "day"
    at = (moment.timestamp() - axis.first) / 900
    return {
        "board": shown,
        "space": shown.space,
        "axis": axis,
        "is_week": shown.days > 1,
        "unit": unit,
        "address": f"?{unit}={shown.first}",
        "previous": shown.first - step,
        "next": shown.first + step,
        "last": shown.first + step - DAY,
        "today": today,
        "moment": moment,
        "is_now": shown.days == 1 and 0 <= at < axis.length,
        "line_of_now": int(at),
        "move_url": reverse("booking:reservation_move", args=[0]),
    }


def _chosen_reservation(request: HttpRequest, space: Space) -> Reservation | None:
    """The reservation that the address names; raises Http404 where it is not of the space."""
    chosen = request.GET.get("reservation")
    if not chosen:
        return None
    rows = Reservation.objects.select_related("machine__space", "member", "company")
    number = int(chosen) if chosen.isdecimal() else 0
    return get_object_or_404(rows, pk=number, machine__space=space)


def _panel_of(reservation: Reservation, member: Member, moment: datetime) -> dict[str, object]:
    """A reservation with what can be done to it.

    Whatever that is, it stays chosen: what was moved is seen where it now is, and what was
    cancelled can be undone at once.
    """
    board_url = reverse("booking:board", args=[reservation.machine.space.slug])
    return {
        "reservation": reservation,
        "entry": entry_of(reservation),
        "may": reservations.possible_actions(reservation=reservation, by=member, now=moment),
        "next": f"{board_url}?reservation={reservation.pk}",
    }


def _panel_of_machine(request: HttpRequest, space: Space, day: date) -> dict[str, object]:
    """A machine, or a free span of it that can be reserved or blocked."""
    chosen = request.GET.get("machine")
    if not chosen:
        return {}
    number = int(chosen) if chosen.isdecimal() else 0
    machine = get_object_or_404(Machine.objects.select_related("space"), pk=number, space=space)
    if not request.GET.get("start"):
        return {"chosen": machine}
    asked = {name: request.GET[name] for name in SPAN_FIELDS if request.GET.get(name)}
    return {
        "chosen": machine,
        "form": block_form(machine, asked),
        "asked": asked,
        "to_reserve": urlencode({"week": day, **asked}),
    }
