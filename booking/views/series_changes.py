"""Moving the dates of a series from one on, and letting it go on: previewed, then done."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views import View

from booking.date_lines import Summary, day_choices, lines_of
from booking.models import Reservation
from booking.queries.series import dates_of
from booking.queries.terms import terms_of_reservation
from booking.recurring import PatternInvalid
from booking.series_forms import SeriesExtendForm, SeriesMoveForm
from booking.services import series as services
from booking.services.refusing import BookingRefused
from booking.services.series import DateVerdict, Made, SeriesConflict
from booking.span_forms import asked_span
from booking.states import OnConflict
from booking.views.asking import signed_in
from booking.views.series import CONFLICT, found_series, show, told_of
from machines.forms.previewed import PreviewedForm
from machines.views.staff import UNPROCESSABLE


@method_decorator(login_required, name="dispatch")
class SeriesChange(View):
    """A form whose dates are shown with their verdicts before anything is done."""

    http_method_names = ("get", "post")
    template_name: str

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask who it is, and whether there is anything to change, before anything else."""
        self.series = found_series(request, kwargs["pk"])
        self.member, self.now = signed_in(request), now()
        reason = self.reason_why_not()
        if reason or not services.may_change(self.series, self.member):
            messages.error(request, reason or _("This is not your series."))
            return redirect("booking:series", self.series.pk)
        return super().dispatch(request, *args, **kwargs)

    def reason_why_not(self) -> str:
        """Why the series cannot be changed like this at all; empty where it can."""
        raise NotImplementedError

    def form(self, data: Any = None) -> Any:
        """The form, bound where `data` is given."""
        raise NotImplementedError

    def preview(self, form: Any) -> list[DateVerdict]:
        """The dates that would come of a valid form."""
        raise NotImplementedError

    def save(self, form: Any, on_conflict: OnConflict) -> Made:
        """Do it."""
        raise NotImplementedError

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """The form as things are."""
        return self._page(request, self.form())

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Show what is wrong, show the dates, or do what was shown."""
        form, status = self.form(request.POST), 200
        if not form.is_valid():
            return self._page(request, form, status=UNPROCESSABLE)
        try:
            if request.POST.get("step") in OnConflict and form.was_previewed():
                return self._saved(request, form, OnConflict(request.POST["step"]))
            dates = self.preview(form)
        except SeriesConflict as error:
            messages.error(request, error.refusals[0].message)
            dates, status = self.preview(form), CONFLICT
        except (PatternInvalid, BookingRefused) as error:
            show(form, error)
            return self._page(request, form, status=UNPROCESSABLE)
        return self._page(request, form, dates, status=status)

    def _saved(self, request: HttpRequest, form: Any, on_conflict: OnConflict) -> HttpResponse:
        made = self.save(form, on_conflict)
        messages.success(request, told_of(made) if made.rows else _("The series goes on."))
        return redirect("booking:series", made.series.pk)

    def _page(
        self,
        request: HttpRequest,
        form: PreviewedForm,
        dates: Sequence[DateVerdict] | None = None,
        *,
        status: int = 200,
    ) -> HttpResponse:
        context: dict[str, Any] = {"series": self.series, "form": form}
        if dates is not None:
            context["lines"] = lines_of(dates)
            context["summary"] = Summary.of(dates, self.series.space)
        return render(request, self.template_name, context, status=status)


class SeriesMove(SeriesChange):
    """Give the dates from one on another day and other hours."""

    template_name = "booking/series_move.html"

    def reason_why_not(self) -> str:
        """Why there is nothing to move."""
        rows = dates_of(self.series, now=self.now).upcoming
        self.rows: list[Reservation] = [row for row in rows if row.starts_at > self.now]
        return "" if self.rows else _("There is no date of this series that can be moved.")

    def form(self, data: Any = None) -> SeriesMoveForm:
        """The form; unbound it shows the first date to come, or the one of the address."""
        machine = self.series.machine or self.rows[0].machine
        zone = self.series.space.zone
        days = day_choices(self.rows, zone)
        chosen = self.request.GET.get("from_day", days[0][0])
        known = dict(zip((day for day, _words in days), self.rows, strict=True))
        initial = {"from_day": chosen} | asked_span(known.get(chosen, self.rows[0]).span, zone)
        terms = terms_of_reservation(self.rows[0])
        return SeriesMoveForm(data, initial=initial, machine=machine, terms=terms, days=days)

    def preview(self, form: SeriesMoveForm) -> list[DateVerdict]:
        """Where each date would be."""
        return services.preview_move(**self._wanted(form))

    def save(self, form: SeriesMoveForm, on_conflict: OnConflict) -> Made:
        """Move them, all or none."""
        del on_conflict
        return services.move_from(**self._wanted(form))

    def _wanted(self, form: SeriesMoveForm) -> dict[str, Any]:
        start, end = form.walls()
        return {
            "series": self.series,
            "from_day": form.cleaned_data["from_day"],
            "start": start,
            "end": end,
            "by": self.member,
            "now": self.now,
        }


class SeriesExtend(SeriesChange):
    """Let a series go on."""

    template_name = "booking/series_extend.html"

    def reason_why_not(self) -> str:
        """Why it cannot go on for longer."""
        is_open = self.series.event.end_recurring_period is None
        return _("This series goes on without an end already.") if is_open else ""

    def form(self, data: Any = None) -> SeriesExtendForm:
        """The form."""
        return SeriesExtendForm(data, series=self.series)

    def preview(self, form: SeriesExtendForm) -> list[DateVerdict]:
        """The dates that would follow."""
        return services.preview_extension(**self._wanted(form))

    def save(self, form: SeriesExtendForm, on_conflict: OnConflict) -> Made:
        """Keep them."""
        return services.extend(on_conflict=on_conflict, **self._wanted(form))

    def _wanted(self, form: SeriesExtendForm) -> dict[str, Any]:
        return {
            "series": self.series,
            "until": form.last_day(),
            "by": self.member,
            "now": self.now,
        }
