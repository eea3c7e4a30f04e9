"""The page on which staff set the weekly hours of a space or of one machine."""

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from booking.queries.displacing import Plan
from booking.services.displacing import plan_ahead
from booking.services.hours import NewHours, hours_taking, set_hours, set_hours_and_displace
from booking.views.displacing import DisplacingPage
from machines.forms.hours import HoursForm
from machines.queries.opening import opening_of
from machines.queries.weeks import has_own_hours, weekly_hours, weeks_of, weeks_window
from machines.services.calendars import previewed
from machines.states import CalendarKind
from spaces.intervals import wall_time


class HoursPage(DisplacingPage):
    """Opening hours, or with ?kind=staffed the staffed ones."""

    template_name = "booking/hours.html"

    @property
    def kind(self) -> CalendarKind:
        """Which hours the page is about."""
        staffed = self.request.GET.get("kind") == CalendarKind.STAFFED
        return CalendarKind.STAFFED if staffed else CalendarKind.OPEN

    def form(self, data: Any = None) -> HoursForm:
        """The grid, with the hours in force where nothing was typed."""
        today = wall_time(self.now, self.space.zone).date()
        initial = HoursForm.initial_of(weekly_hours(self.owner, self.kind), today)
        return HoursForm(
            data,
            initial=initial,
            needs_a_span=self.kind == CalendarKind.OPEN,
            earliest=today,
            may_follow=self.has_own,
        )

    @property
    def has_own(self) -> bool:
        """Whether the page is about a machine that is open otherwise than its space."""
        is_about_opening = self.machine is not None and self.kind == CalendarKind.OPEN
        return is_about_opening and has_own_hours(self.the_machine, self.now)

    def context(self) -> dict[str, Any]:
        """The kind, and the weeks as they are now."""
        window = weeks_window(self.space, wall_time(self.now, self.space.zone).date())
        return {
            "kind": self.kind,
            "has_own": self.has_own,
            "weeks": weeks_of(opening_of(self.owner, window), self.space, window),
        }

    def preview_of_calendar(self, form: HoursForm) -> dict[str, Any]:
        """The three weeks from the one in which the new hours begin."""
        window = weeks_window(self.space, form.cleaned_data["from_date"])
        opening = previewed(
            lambda: set_hours(self._hours(form), now=self.now),
            lambda: opening_of(self.owner, window),
        )
        return {"preview": weeks_of(opening, self.space, window)}

    def plan(self, form: HoursForm) -> Plan:
        """What has been reserved outside of the new hours."""
        return plan_ahead(hours_taking(self._hours(form), now=self.now), now=self.now)

    def carry_out(self, form: HoursForm, choices: dict[int, str]) -> str:
        """Let the new hours hold."""
        set_hours_and_displace(self._hours(form), choices=choices, by=self.member, now=self.now)
        told = {"date": date_format(form.cleaned_data["from_date"])}
        if form.follows:
            return _("Saved. The machine is open like the space from %(date)s on.") % told
        return _("Saved. These hours hold from %(date)s on.") % told

    def _hours(self, form: HoursForm) -> NewHours:
        return NewHours(
            owner=self.owner,
            kind=self.kind,
            from_date=form.cleaned_data["from_date"],
            week=None if form.follows else form.week(),
        )
