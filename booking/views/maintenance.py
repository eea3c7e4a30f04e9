"""The page on which staff plan the maintenance of a machine."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from schedule.models import Event

from booking.queries.displacing import Plan
from booking.queries.upkeep import in_the_way
from booking.services.displacing import plan_ahead
from booking.services.taking import plan_and_displace, upkeep_taking
from booking.services.upkeep import drop_date, end_upkeep
from booking.views.displacing import DisplacingPage
from machines.forms.dates import MaintenanceForm
from machines.queries.opening import maintenance_dates, opening_of
from machines.queries.weeks import weeks_of, weeks_window
from machines.services.calendars import AlreadyOver, NotADate, plan_maintenance, previewed
from machines.states import CalendarKind
from machines.views.staff import StaffPage
from spaces.intervals import Interval, merge, wall_time

LISTED_AHEAD = timedelta(days=120)
PREVIEWED_DATES = 10
PREVIEWED_AHEAD = timedelta(days=800)


class MaintenancePage(DisplacingPage):
    """The planned dates of a machine, and a form for more."""

    template_name = "booking/maintenance.html"

    def form(self, data: Any = None) -> MaintenanceForm:
        """A job, tomorrow where nothing was typed."""
        tomorrow = wall_time(self.now, self.space.zone).date() + timedelta(days=1)
        return MaintenanceForm(data, space=self.space, initial={"first": tomorrow})

    def context(self) -> dict[str, Any]:
        """The dates of the months to come, each with what stands in its way."""
        dates = maintenance_dates(self.the_machine, Interval(self.now, self.now + LISTED_AHEAD))
        rows = in_the_way(self.the_machine, [interval for _event, _start, interval in dates])
        return {"dates": [(*date, found) for date, found in zip(dates, rows, strict=True)]}

    def preview_of_calendar(self, form: MaintenanceForm) -> dict[str, Any]:
        """The first dates that the job would have, and three weeks from the first of them on."""
        start = form.interval.start
        weeks = weeks_window(self.space, form.cleaned_data["first"])
        window = Interval(weeks.start, start + PREVIEWED_AHEAD)

        def look() -> dict[str, Any]:
            planned = maintenance_dates(self.the_machine, window)
            upkeep = merge(interval for _event, _start, interval in planned)
            dates = [interval for event, _start, interval in planned if event.pk == events[-1].pk]
            opening = opening_of(self.the_machine, weeks)
            return {
                "preview": dates[:PREVIEWED_DATES],
                "weeks": weeks_of(opening, self.space, weeks, upkeep),
            }

        events: list[Event] = []

        def plan() -> None:
            planned = plan_maintenance(machine=self.the_machine, now=self.now, **form.planned())
            events.append(planned)

        return previewed(plan, look)

    def plan(self, form: MaintenanceForm) -> Plan:
        """What has been reserved on the dates that would be held today."""
        taking = upkeep_taking(self.the_machine, now=self.now, **form.planned())
        return plan_ahead(taking, now=self.now)

    def carry_out(self, form: MaintenanceForm, choices: dict[int, str]) -> str:
        """Plan it."""
        plan_and_displace(
            machine=self.the_machine,
            choices=choices,
            by=self.member,
            now=self.now,
            **form.planned(),
        )
        return _("“%(title)s” is planned.") % {"title": form.cleaned_data["title"]}


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
                drop_date(
                    machine=self.the_machine,
                    event=event,
                    original_start=original_start,
                    now=self.now,
                )
            except (NotADate, ValueError, OverflowError):
                messages.error(request, _("That date is no longer planned."))
            else:
                messages.success(request, _("That date was dropped."))
        else:
            self._end(request, event)
        return redirect("booking:maintenance", space, slug)

    def _end(self, request: HttpRequest, event: Event) -> None:
        """Take the whole job back, which is refused where it is over."""
        try:
            end_upkeep(machine=self.the_machine, event=event, now=self.now)
        except AlreadyOver:
            messages.error(request, _("This time is over already."))
        else:
            messages.success(
                request, _("“%(title)s” is no longer planned.") % {"title": event.title}
            )
