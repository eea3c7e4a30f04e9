"""The pages on which staff close a space: for a time, and on holidays."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from schedule.models import Event

from booking.queries.displacing import Plan
from booking.services.displacing import plan_ahead
from booking.services.taking import (
    close_and_displace,
    closure_taking,
    holidays_taking,
    load_and_displace,
)
from booking.views.displacing import DisplacingPage
from machines.forms.dates import ClosureForm, HolidaysForm
from machines.queries.followed import followed_events
from machines.queries.holidays import holidays_of
from machines.queries.opening import opening_of_space, planned_dates
from machines.queries.weeks import span_text, weeks_of, weeks_window
from machines.services.calendars import AlreadyOver, add_closure, previewed, remove_event
from machines.states import CalendarKind
from machines.views.staff import StaffPage
from spaces.intervals import Interval, clip, local_day, local_days, wall_time

LISTED_AHEAD = timedelta(days=400)
YEARS_AHEAD = 3


class ClosuresPage(DisplacingPage):
    """What is closed in the year to come, and a form for more."""

    template_name = "booking/closures.html"

    def form(self, data: Any = None) -> ClosureForm:
        """A closure, from today on where nothing was typed."""
        today = wall_time(self.now, self.space.zone).date()
        return ClosureForm(data, space=self.space, initial={"first": today})

    def context(self) -> dict[str, Any]:
        """The closures to come, one line for each date; those of calendars have their own page."""
        window = Interval(self.now, self.now + LISTED_AHEAD)
        followed = followed_events(self.space)
        dates = planned_dates(self.space, CalendarKind.CLOSED, window)
        return {
            "closures": [date for date in dates if date[0].pk not in followed],
            "follows": bool(followed),
        }

    def preview_of_calendar(self, form: ClosureForm) -> dict[str, Any]:
        """The three weeks from the one in which the closure begins."""
        window = weeks_window(self.space, form.cleaned_data["first"])
        opening = previewed(
            lambda: add_closure(owner=self.space, now=self.now, **form.planned()),
            lambda: opening_of_space(self.space, window),
        )
        return {"preview": weeks_of(opening, self.space, window)}

    def plan(self, form: ClosureForm) -> Plan:
        """What has been reserved for then."""
        return plan_ahead(closure_taking(self.space, now=self.now, **form.planned()), now=self.now)

    def carry_out(self, form: ClosureForm, choices: dict[int, str]) -> str:
        """Close."""
        close_and_displace(
            space=self.space, choices=choices, by=self.member, now=self.now, **form.planned()
        )
        return _("“%(title)s” is in the calendar.") % {"title": form.cleaned_data["title"]}


class ClosureRemoval(StaffPage):
    """Takes a closure back, with all its dates to come."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, space: str, pk: int) -> HttpResponse:
        """Remove it and go back to the list."""
        event = get_object_or_404(
            Event,
            pk=pk,
            calendar__availability__space=self.space,
            calendar__availability__machine=None,
            calendar__availability__kind=CalendarKind.CLOSED,
            # What a calendar closes opens again when it says so, or is followed no more.
            followed_date=None,
        )
        try:
            remove_event(event=event, now=self.now)
        except AlreadyOver:
            messages.error(request, _("This time is over already."))
        else:
            messages.success(
                request, _("“%(title)s” is no longer in the calendar.") % {"title": event.title}
            )
        return redirect("booking:closures", space)


class HolidaysPage(DisplacingPage):
    """The holidays of a year, to be ticked and made closures."""

    template_name = "booking/holidays.html"

    @property
    def year(self) -> int:
        """The year that is asked for, this one or one of the next."""
        asked = self.request.GET.get("year", "")
        return int(asked) if asked in {str(year) for year in self.years} else self.years[0]

    @property
    def years(self) -> range:
        """The years that can be chosen."""
        this_year = wall_time(self.now, self.space.zone).year
        return range(this_year, this_year + YEARS_AHEAD)

    def form(self, data: Any = None) -> HolidaysForm:
        """The tick list; public holidays are ticked."""
        return HolidaysForm(data, holidays=holidays_of(self.space, self.year))

    def context(self) -> dict[str, Any]:
        """The years, and the holidays that are closures already."""
        holidays = holidays_of(self.space, self.year)
        return {
            "year": self.year,
            "years": self.years,
            "holidays": holidays,
            "loaded": [each for each in holidays if each.is_loaded],
        }

    def preview_of_calendar(self, form: HolidaysForm) -> dict[str, Any]:
        """Each date with the hours that would be lost."""
        chosen = set(form.cleaned_data["dates"])
        dates = [each for each in holidays_of(self.space, self.year) if each.date in chosen]
        window = local_days(dates[0].date, dates[-1].date + timedelta(days=1), self.space.zone)
        opening = opening_of_space(self.space, window)
        rows = []
        for each in dates:
            day = clip(opening.open, local_day(each.date, self.space.zone))
            rows.append((each, [span_text(part, self.space, each.date) for part in day]))
        return {"preview": rows}

    def plan(self, form: HolidaysForm) -> Plan:
        """What has been reserved for the chosen dates."""
        return plan_ahead(holidays_taking(self.space, form.cleaned_data["dates"]), now=self.now)

    def carry_out(self, form: HolidaysForm, choices: dict[int, str]) -> str:
        """Close on the chosen dates."""
        loaded = load_and_displace(
            space=self.space,
            year=self.year,
            dates=form.cleaned_data["dates"],
            choices=choices,
            by=self.member,
            now=self.now,
        )
        return ngettext(
            "%(count)d holiday is in the calendar.",
            "%(count)d holidays are in the calendar.",
            len(loaded),
        ) % {"count": len(loaded)}
