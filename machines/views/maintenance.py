"""The page on which staff plan the maintenance of a machine."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from schedule.models import Event

from machines.forms.dates import MaintenanceForm
from machines.models import Machine
from machines.queries.opening import maintenance_dates
from machines.services.calendars import (
    NotADate,
    cancel_occurrence,
    plan_maintenance,
    previewed,
    remove_event,
)
from machines.signals import maintenance_changed
from machines.states import CalendarKind
from machines.views.staff import PreviewedPage, StaffPage
from spaces.intervals import Interval, wall_time

LISTED_AHEAD = timedelta(days=120)
PREVIEWED_DATES = 10
PREVIEWED_AHEAD = timedelta(days=800)


class MaintenancePage(PreviewedPage):
    """The planned dates of a machine, and a form for more."""

    template_name = "machines/maintenance.html"

    def form(self, data: Any = None) -> MaintenanceForm:
        """A job, tomorrow where nothing was typed."""
        tomorrow = wall_time(now(), self.space.zone).date() + timedelta(days=1)
        return MaintenanceForm(data, space=self.space, initial={"first": tomorrow})

    def context(self) -> dict[str, Any]:
        """The dates of the months to come."""
        moment = now()
        window = Interval(moment, moment + LISTED_AHEAD)
        return {"dates": maintenance_dates(self.the_machine, window)}

    def preview(self, form: MaintenanceForm) -> dict[str, Any]:
        """The first dates that the job would have."""
        start = form.interval.start
        window = Interval(start, start + PREVIEWED_AHEAD)

        def dates() -> list[Interval]:
            event = events[-1]
            return [
                interval
                for each, _start, interval in maintenance_dates(self.the_machine, window)
                if each.pk == event.pk
            ]

        events: list[Event] = []
        found = previewed(lambda: events.append(self.change(form)), dates)
        return {"preview": found[:PREVIEWED_DATES]}

    def save(self, form: MaintenanceForm) -> str:
        """Plan it."""
        self.change(form)
        maintenance_changed.send(Machine, machine=self.the_machine, now=now())
        return _("“%(title)s” is planned.") % {"title": form.cleaned_data["title"]}

    def change(self, form: MaintenanceForm) -> Event:
        """The one call."""
        return plan_maintenance(machine=self.the_machine, now=now(), **form.planned())


class MaintenanceRemoval(StaffPage):
    """Takes one date of a job back, or the job with all its dates to come."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, space: str, slug: str, pk: int) -> HttpResponse:
        """With `date` only that date goes, without it the whole job."""
        event = get_object_or_404(
            Event.objects.select_related("rule"),
            pk=pk,
            calendar__availability__machine=self.the_machine,
            calendar__availability__kind=CalendarKind.MAINTENANCE,
        )
        if "date" in request.POST:
            try:
                original_start = datetime.fromisoformat(request.POST["date"])
                cancel_occurrence(event=event, original_start=original_start, now=now())
            except (NotADate, ValueError):
                messages.error(request, _("That date is no longer planned."))
            else:
                messages.success(request, _("That date was dropped."))
        else:
            remove_event(event=event, now=now())
            messages.success(
                request, _("“%(title)s” is no longer planned.") % {"title": event.title}
            )
        maintenance_changed.send(Machine, machine=self.the_machine, now=now())
        return redirect("machines:maintenance", space, slug)
