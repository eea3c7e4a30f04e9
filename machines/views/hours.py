"""The page on which staff set the weekly hours of a space or of one machine."""

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from machines.forms.hours import HoursForm
from machines.queries.opening import opening_of
from machines.queries.weeks import has_own_hours, weekly_hours, weeks_of, weeks_window
from machines.services.calendars import follow_space, previewed, set_weekly_hours
from machines.states import CalendarKind
from machines.views.staff import PreviewedPage
from spaces.intervals import wall_time


class HoursPage(PreviewedPage):
    """Opening hours, or with ?kind=staffed the staffed ones."""

    template_name = "machines/hours.html"

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

    def preview(self, form: HoursForm) -> dict[str, Any]:
        """The three weeks from the one in which the new hours begin."""
        window = weeks_window(self.space, form.cleaned_data["from_date"])
        opening = previewed(lambda: self.change(form), lambda: opening_of(self.owner, window))
        return {"preview": weeks_of(opening, self.space, window)}

    def save(self, form: HoursForm) -> str:
        """Let the new hours hold."""
        self.change(form)
        if form.follows:
            return _("Saved. The machine is open like the space from %(date)s on.") % {
                "date": date_format(form.cleaned_data["from_date"])
            }
        return _("Saved. These hours hold from %(date)s on.") % {
            "date": date_format(form.cleaned_data["from_date"])
        }

    def change(self, form: HoursForm) -> None:
        """The one call."""
        from_date = form.cleaned_data["from_date"]
        if form.follows:
            follow_space(machine=self.the_machine, from_date=from_date, now=self.now)
            return
        set_weekly_hours(
            owner=self.owner,
            kind=self.kind,
            week=form.week(),
            from_date=from_date,
            now=self.now,
        )
