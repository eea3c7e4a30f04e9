"""Series: the form with the verdict of each date, the lists, and what is done at one click."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booking.date_lines import Summary, day_choices, lines_of
from booking.models import Series
from booking.permissions import may_see_series
from booking.queries.series import dates_of, series_in, series_of, with_parts
from booking.queries.terms import terms_of
from booking.queries.viewer import audience_told
from booking.recurring import PatternInvalid
from booking.series_forms import SeriesForm
from booking.services import series as services
from booking.services.refusing import BookingRefused
from booking.services.series import DateVerdict, Made, SeriesConflict
from booking.states import EARLIEST_DAY, LATEST_DAY, OnConflict, ReservationState
from booking.views.asking import open_machine, signed_in, tell_refusals
from booking.views.reserving import claim_of, reserve_form
from machines.models import Machine, Pool
from machines.views.staff import UNPROCESSABLE, StaffPage
from members.models import Member

CONFLICT = 409


@login_required
@require_http_methods(["GET", "POST"])
def series_new(request: HttpRequest, space: str, slug: str) -> HttpResponse:
    """The form to reserve a series: first every date with its verdict, then the button."""
    machine, member = open_machine(request, space, slug), signed_in(request)
    terms = terms_of(machine, audience=audience_told(member, machine.space))
    options: dict[str, Any] = {"machine": machine, "terms": terms, "member": member}
    if "step" not in request.POST:
        asked = request.POST if request.method == "POST" else request.GET
        form = SeriesForm(initial=_asked(machine, member, asked), **options)
        return _page(request, form)
    form = SeriesForm(request.POST, **options)
    if not form.is_valid():
        return _page(request, form, status=UNPROCESSABLE)
    try:
        return _previewed_or_reserved(request, form, member)
    except (PatternInvalid, BookingRefused) as error:
        show(form, error)
        return _page(request, form, status=UNPROCESSABLE)


def _asked(machine: Machine, member: Member, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What the form to reserve was filled with, else the next free hour."""
    names = (*SeriesForm.base_fields, "company", "colleague", "is_confidential", "for_email")
    told = {name: asked[name] for name in names if asked.get(name)}
    return {**reserve_form(machine, member, asked, moment=now()).initial, **told}


def _previewed_or_reserved(request: HttpRequest, form: SeriesForm, member: Member) -> HttpResponse:
    step, status, start_end = request.POST["step"], 200, form.walls()
    claim = claim_of(form, member)
    wanted: dict[str, Any] = {
        "target": form.chosen(),
        "pattern": form.pattern(),
        "start": start_end[0],
        "end": start_end[1],
        "now": now(),
    }
    if step in OnConflict and form.was_previewed():
        try:
            made = services.reserve_series(claim, on_conflict=OnConflict(step), **wanted)
        except SeriesConflict as error:
            messages.error(request, error.refusals[0].message)
            status = CONFLICT
        else:
            messages.success(request, told_of(made))
            return redirect("booking:series", made.series.pk)
    elif step in OnConflict:
        messages.warning(request, _("This is new since the preview. Look again, then save."))
    return _page(request, form, services.preview(claim, **wanted), status=status)


def _page(
    request: HttpRequest,
    form: SeriesForm,
    dates: list[DateVerdict] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {"machine": form.machine, "form": form}
    if dates is not None:
        context["lines"] = lines_of(dates, left_out=form.cleaned_data["excepted"])
        context["summary"] = Summary.of(dates, form.machine.space)
        context["is_open"] = form.pattern().is_open
        context["is_of_pool"] = isinstance(form.chosen(), Pool)
    return render(request, "booking/series_new.html", context, status=status)


@login_required
@require_safe
@never_cache
def series_list(request: HttpRequest) -> HttpResponse:
    """The series that go on: mine, and those of my companies."""
    found = series_of(signed_in(request), now=now())
    return render(request, "booking/series_list.html", {"series": found})


class SpaceSeries(StaffPage):
    """The series of a space that go on."""

    template_name = "booking/space_series.html"

    def get(self, request: HttpRequest, space: str) -> HttpResponse:
        """The list, what comes next first."""
        return self.show(request, series=series_in(self.space, now=self.now))


@login_required
@require_safe
@never_cache
def series(request: HttpRequest, pk: int) -> HttpResponse:
    """One series: its dates, the gaps, and what can be done about them."""
    found, moment = found_series(request, pk), now()
    dates = dates_of(found, now=moment)
    to_come = [row for row in dates.upcoming if row.starts_at > moment]
    context = {
        "series": found,
        "dates": dates,
        "days": day_choices(to_come, found.space.zone),
        "may_change": services.may_change(found, signed_in(request)),
        "goes_on": found.event.end_recurring_period is None,
    }
    return render(request, "booking/series.html", context)


@login_required
@require_POST
def series_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Give back the dates from one on; the first of them means all."""
    found = found_series(request, pk)
    try:
        day = date.fromisoformat(request.POST.get("from_day", ""))
    except ValueError:
        raise Http404 from None
    if not EARLIEST_DAY <= day <= LATEST_DAY:
        raise Http404

    def act() -> str:
        count = len(
            services.cancel_from(series=found, from_day=day, by=signed_in(request), now=now())
        )
        return ngettext(
            "%(count)d date is cancelled. The time is free again.",
            "%(count)d dates are cancelled. The time is free again.",
            count,
        ) % {"count": count}

    return _act(request, found, act)


@login_required
@require_POST
def series_try(request: HttpRequest, pk: int) -> HttpResponse:
    """Try the dates again that could not be reserved."""
    found = found_series(request, pk)

    def act() -> str:
        made = services.fill_gaps(series=found, by=signed_in(request), now=now())
        return told_of(made) if made.rows else _("None of the missing dates is free yet.")

    return _act(request, found, act)


def _act(request: HttpRequest, found: Series, act: Callable[[], str]) -> HttpResponse:
    """Do one thing to a series, tell the outcome and go back to it."""
    try:
        done = act()
    except BookingRefused as error:
        tell_refusals(request, error)
    else:
        messages.success(request, done)
    return redirect("booking:series", found.pk)


def found_series(request: HttpRequest, pk: int) -> Series:
    """A series that the person may see; for anyone else it does not exist (Http404)."""
    found = get_object_or_404(with_parts(Series.objects.all()), pk=pk)
    if not may_see_series(request.user, found):
        raise Http404
    return found


def told_of(made: Made) -> str:
    """What the page says once dates are kept."""
    count = len(made.rows)
    if any(row.state == ReservationState.PENDING for row in made.rows):
        return ngettext(
            "%(count)d date is requested. The time is kept until the staff decides.",
            "%(count)d dates are requested. Their time is kept until the staff decides.",
            count,
        ) % {"count": count}
    return ngettext(
        "%(count)d date is reserved. A confirmation is on its way.",
        "%(count)d dates are reserved. One confirmation of all is on its way.",
        count,
    ) % {"count": count}


def show(form: Any, error: PatternInvalid | BookingRefused) -> None:
    """Put what stands against the whole above the form."""
    reasons = [str(error)]
    if isinstance(error, BookingRefused):
        reasons = [each.message for each in error.refusals]
    for reason in reasons:
        form.add_error(None, reason)
