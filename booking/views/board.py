"""The board of a space for its staff: all machines over a day or a week."""

from datetime import date, datetime
from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from booking.board_json import board_as_json
from booking.lane_parts import Viewer
from booking.models import Reservation
from booking.queries.board import DAYS_OF_WEEK, Board, board_of, cancelled_on
from booking.services import reservations
from booking.views.calendar import day_asked
from machines.models import Machine
from members.context import workplaces
from members.models import Member
from spaces.intervals import DAY, week_start
from spaces.models import Space

PANEL = "panel"


@login_required
@require_GET
@vary_on_headers("Accept", "HX-Target")
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
    asked = request.GET.get("week")
    if asked is not None:
        first, days = week_start(day_asked(asked, today)), DAYS_OF_WEEK
    else:
        first, days = day_asked(request.GET.get("day"), today), 1
    if request.headers.get("HX-Target") == PANEL:
        return render(request, "booking/_panel.html", _panel(request, site, member, first, moment))
    shown = board_of(
        site,
        first,
        days=days,
        viewer=Viewer(member_id=member.pk, is_staff=True),
        now=moment,
        link=f"?day={first}&reservation=",
    )
    if not request.accepts("text/html"):
        return JsonResponse(board_as_json(shown))
    context = mine | _context(shown, today, moment)
    if not context["is_week"]:
        context["cancelled"] = cancelled_on(site, first, now=moment)
    return render(
        request, "booking/board.html", context | _panel(request, site, member, first, moment)
    )


def _context(shown: Board, today: date, moment: datetime) -> dict[str, object]:
    """Where the arrows lead and where the present lies."""
    step = shown.days * DAY
    axis = shown.axes[0]
    at = (moment.timestamp() - axis.first) / 900
    return {
        "board": shown,
        "space": shown.space,
        "axis": axis,
        "is_week": shown.days > 1,
        "unit": "week" if shown.days > 1 else "day",
        "previous": shown.first - step,
        "next": shown.first + step,
        "last": shown.first + step - DAY,
        "today": today,
        "is_now": shown.days == 1 and 0 <= at < axis.length,
        "line_of_now": int(at),
        "move_url": reverse("booking:reservation_move", args=[0]),
    }


def _panel(
    request: HttpRequest, space: Space, member: Member, day: date, moment: datetime
) -> dict[str, object]:
    """The reservation or machine that was chosen on the board, with what can be done to it."""
    context: dict[str, object] = {"space": space, "day": day}
    chosen, machine = request.GET.get("reservation"), request.GET.get("machine")
    if chosen and chosen.isdecimal():
        rows = Reservation.objects.select_related("machine__space", "member", "company")
        reservation = get_object_or_404(rows, pk=chosen, machine__space=space)
        context["reservation"] = reservation
        context["may"] = reservations.possible_actions(
            reservation=reservation, by=member, now=moment
        )
        # Whatever is done to it, it stays chosen: what was cancelled can be undone at once.
        context["next"] = f"{request.path}?day={day}&reservation={reservation.pk}"
    elif machine and machine.isdecimal():
        context["chosen"] = get_object_or_404(Machine, pk=machine, space=space)
    elif chosen or machine:
        raise Http404
    return context
