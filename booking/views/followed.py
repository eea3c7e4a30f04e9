"""The pages on which staff have a space or a machine follow calendars from elsewhere."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from booking.queries.displacing import Plan
from booking.queries.followed import in_the_way_of
from booking.services.following import follow_and_displace, plan_of_following
from booking.views.displacing import DisplacingPage
from booking.wording import closed_in_words
from machines.external.apart import CannotRead
from machines.external.merging import Entry
from machines.external.reading import Reading
from machines.forms.followed import CalendarForm, NewCalendarForm
from machines.models import FollowedCalendar
from machines.queries.followed import followed_by, is_stale
from machines.queries.opening import opening_of
from machines.queries.weeks import weeks_of, weeks_window
from machines.services.calendars import previewed
from machines.services.followed.choosing import draft, follow, pause, resume, unfollow
from machines.services.followed.closures import entries, read
from machines.services.followed.refreshing import refresh
from machines.states import Following, in_words
from machines.views.staff import UNPROCESSABLE, StaffPage
from spaces.intervals import wall_time

DATES_SHOWN, DATES_AT_ONCE = 200, 8


class FollowedCalendarsPage(StaffPage):
    """The calendars of a space with its machines, or of one machine, and a form for more."""

    template_name = "booking/followed_calendars.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list, and the empty form."""
        return self._page(request, NewCalendarForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Get the calendar and show what it would close; nothing is closed yet."""
        form = NewCalendarForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, form, UNPROCESSABLE)
        try:
            followed = draft(
                owner=self.owner,
                settings=form.settings(),
                by=self.member,
                now=self.now,
                **form.source(),
            )
        except CannotRead as error:
            form.add_error(
                "url" if form.cleaned_data["url"] else "file", in_words(error.trouble, error.detail)
            )
            return self._page(request, form, UNPROCESSABLE)
        return redirect("booking:followed_calendar", self.space.slug, followed.pk)

    def _page(self, request: HttpRequest, form: NewCalendarForm, status: int = 200) -> HttpResponse:
        rows = followed_by(self.owner, self.now)
        waiting = in_the_way_of([row.calendar for row in rows], self.space, self.now)
        return self.show(
            request, status, form=form, rows=[(row, waiting[row.calendar.pk]) for row in rows]
        )


class FollowedCalendarPage(DisplacingPage):
    """What a calendar closes, or would close, and who has reserved that time."""

    template_name = "booking/followed_calendar.html"

    @cached_property
    def followed(self) -> FollowedCalendar:
        """The calendar of the address."""
        return calendar_in(self)

    @cached_property
    def reading(self) -> Reading:
        """What it says. Raises CannotRead."""
        return read(self.followed, self.now)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The page needs what the calendar says; where that fails, the list says why."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except CannotRead as error:
            messages.error(request, in_words(error.trouble, error.detail))
            return redirect("booking:followed_calendars", self.space.slug)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The preview of what is set."""
        form = self.form(self._as_set())
        form.is_valid()
        return self.show(request, form=form, **self.context(), **self.preview(form))

    def form(self, data: Any = None) -> CalendarForm:
        """What can be said of it."""
        return CalendarForm(data)

    def _as_set(self) -> QueryDict:
        """What the form would send if nothing were changed."""
        data = QueryDict(mutable=True)
        data["name"], data["meaning"] = self.followed.name, self.followed.meaning
        if self.followed.takes_free:
            data["takes_free"] = "on"
        return data

    def context(self) -> dict[str, Any]:
        """The calendar, and what of it could not be read."""
        return {
            "followed": self.followed,
            "is_draft": self.followed.state == Following.DRAFT,
            "is_stale": is_stale(self.followed, self.now),
            "reading": self.reading,
            "rows_shown": DATES_SHOWN,
        }

    def preview_of_calendar(self, form: CalendarForm) -> dict[str, Any]:
        """The dates to come, and three weeks from the one in which the first of them lies."""
        settings = form.settings()
        found = entries(self.space, settings, self.reading).values()
        dates = sorted(
            (each for each in found if each.interval.end > self.now),
            key=lambda each: (each.interval, each.title),
        )
        left_aside = not settings.takes_free and sum(each.is_free for each in self.reading.dates)
        shown = [
            (closed_in_words(each.interval, self.space.zone), each) for each in dates[:DATES_SHOWN]
        ]
        return {
            "preview": True,
            "count": len(dates),
            "dates": shown[:DATES_AT_ONCE],
            "more": shown[DATES_AT_ONCE:],
            "free": left_aside,
            **self._weeks(form, dates),
        }

    def _weeks(self, form: CalendarForm, dates: list[Entry]) -> dict[str, Any]:
        if not dates:
            return {}
        first = max(dates[0].interval.start, self.now)
        window = weeks_window(self.space, wall_time(first, self.space.zone).date())

        def change() -> None:
            # Of its own, because what is set on it here is taken back in the database alone.
            follow(
                followed=calendar_in(self),
                reading=self.reading,
                settings=form.settings(),
                now=self.now,
            )

        opening = previewed(change, lambda: opening_of(self.followed.owner, window))
        return {"weeks": weeks_of(opening, self.space, window)}

    def plan(self, form: CalendarForm) -> Plan:
        """What has been reserved on its dates."""
        return plan_of_following(self.followed, self.reading, form.settings(), now=self.now)

    def carry_out(self, form: CalendarForm, choices: dict[int, str]) -> str:
        """Follow it as it is set."""
        was_draft = self.followed.state == Following.DRAFT
        follow_and_displace(
            followed=self.followed,
            reading=self.reading,
            settings=form.settings(),
            choices=choices,
            by=self.member,
            now=self.now,
        )
        if not was_draft:
            return _("Saved.")
        return _("“%(name)s” is followed.") % {"name": self.followed.name}


class FollowedCalendarChange(StaffPage):
    """Reads a calendar now, pauses it, goes on with it, or lets it go."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do it, and say so on the page where one would look."""
        changes: dict[str, Callable[[FollowedCalendar], HttpResponse]] = {
            "refresh": self._refresh,
            "pause": self._pause,
            "resume": self._resume,
            "remove": self._remove,
        }
        if kwargs["change"] not in changes:
            raise Http404
        return changes[kwargs["change"]](calendar_in(self))

    def _refresh(self, followed: FollowedCalendar) -> HttpResponse:
        taken = refresh(followed=followed, now=self.now)
        if taken is None:
            messages.error(self.request, followed.trouble_in_words)
        else:
            messages.success(
                self.request,
                _("Read again: %(added)d new, %(changed)d changed, %(dropped)d gone.")
                % {"added": taken.added, "changed": taken.changed, "dropped": taken.dropped},
            )
        return redirect("booking:followed_calendar", self.space.slug, followed.pk)

    def _pause(self, followed: FollowedCalendar) -> HttpResponse:
        pause(followed=followed, now=self.now)
        messages.success(self.request, _("Paused: its dates stay as they are."))
        return redirect("booking:followed_calendar", self.space.slug, followed.pk)

    def _resume(self, followed: FollowedCalendar) -> HttpResponse:
        resume(followed=followed, now=self.now)
        messages.success(self.request, _("It is read again from now on."))
        return redirect("booking:followed_calendar", self.space.slug, followed.pk)

    def _remove(self, followed: FollowedCalendar) -> HttpResponse:
        name, machine = followed.name, followed.machine
        unfollow(followed=followed, now=self.now)
        messages.success(
            self.request, _("“%(name)s” is followed no more: its dates to come are open again.")
            % {"name": name},
        )  # fmt: skip
        if machine is not None:
            return redirect("booking:machine_calendars", self.space.slug, machine.slug)
        return redirect("booking:followed_calendars", self.space.slug)


def calendar_in(page: StaffPage) -> FollowedCalendar:
    """The calendar that the address of a page names."""
    rows = FollowedCalendar.objects.select_related("space", "machine__space")
    return get_object_or_404(rows, space=page.space, pk=page.kwargs["pk"])
