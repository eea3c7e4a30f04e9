"""Inductions as staff see them: the list, a new one, who comes, and who has passed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from booking.induction_forms import AttendanceForm, CallOffForm, InductionForm
from booking.models import Induction
from booking.queries.displacing import Plan
from booking.queries.inductions import attendance_of, machines_taken, of_space, told
from booking.services import inductions as services
from booking.services.displacing import plan_ahead
from booking.services.refusing import BookingRefused, TimeTaken
from booking.services.taking import in_the_way_of_block
from booking.skill_forms import PersonForm
from booking.states import AHEAD, PlaceState
from booking.views.asking import tell_refusals
from booking.views.displacing import CONFLICT, AtOncePage
from machines.views.staff import UNPROCESSABLE, StaffPage
from members.models import Member

MOST_PAST = 50


class InductionsPage(StaffPage):
    """What is to come, what waits for its attendance list, and what is over."""

    template_name = "booking/space_inductions.html"

    def get(self, request: HttpRequest, space: str) -> HttpResponse:
        """The list."""
        rows = of_space(self.space)
        ahead = rows.filter(state__in=AHEAD).order_by("starts_at", "pk")
        open_lists = [row for row in ahead if row.starts_at <= self.now]
        return self.show(
            request,
            to_come=told(row for row in ahead if row.starts_at > self.now),
            to_conclude=told(open_lists),
            past=told(rows.exclude(state__in=AHEAD)[:MOST_PAST]),
        )


class InductionNew(AtOncePage):
    """The form of a new induction; who has reserved its machines is displaced."""

    template_name = "booking/induction_new.html"
    made: Induction

    def form(self, data: Any = None) -> InductionForm:
        """The form, with what the address names where nothing was typed."""
        if data is None:
            initial = {
                name: self.request.GET[name]
                for name in ("skill", "date")
                if name in self.request.GET
            }
            return InductionForm(
                initial={"led_by": self.member.pk} | initial, space=self.space, now=self.now
            )
        return InductionForm(data, space=self.space, now=self.now)

    def context(self, form: InductionForm) -> dict[str, Any]:
        """What has the time of a machine and is not displaced."""
        if not form.is_bound or not form.is_valid():
            return {}
        span = form.induction().span
        return {
            "holders": [
                (machine, row)
                for machine in form.cleaned_data["machines"]
                for row in in_the_way_of_block(machine, span, now=self.now)
            ]
        }

    def plan(self, form: InductionForm) -> Plan:
        """What has reserved the machines."""
        machines = form.cleaned_data["machines"].select_related("space", "category")
        taking = services.induction_taking(machines, form.induction().span)
        return plan_ahead(taking, now=self.now)

    def displaced(self, form: InductionForm, data: QueryDict) -> dict[str, Any]:
        """Nothing is chosen while it cannot be planned at all, or takes nothing."""
        if self.context(form)["holders"]:
            raise TimeTaken
        if not form.cleaned_data["machines"]:
            return {"displaced": [], "may_stay": False}
        return super().displaced(form, data)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Plan it, unless something stands in the way that is not displaced."""
        try:
            return super().post(request, *args, **kwargs)
        except TimeTaken:
            form = self.form(request.POST)
            return self.show(request, CONFLICT, form=form, **self.context(form))

    def carry_out(self, form: InductionForm, choices: dict[int, str]) -> str:
        """Plan it with its machines."""
        self.made = services.plan(
            form.induction(),
            machines=list(form.cleaned_data["machines"].select_related("space", "category")),
            choices=choices,
            by=self.member,
            now=self.now,
        )
        return _("Planned. Everybody can ask for a seat now.")

    def after(self) -> HttpResponse:
        """To its page."""
        return redirect("booking:space_induction", self.space.slug, self.made.pk)


class InductionPage(StaffPage):
    """Who comes to one induction, the attendance list, and calling it off."""

    template_name = "booking/space_induction.html"

    def get(self, request: HttpRequest, space: str, pk: int) -> HttpResponse:
        """The page as it is."""
        return self._page(request, self._row(pk))

    def post(self, request: HttpRequest, space: str, pk: int) -> HttpResponse:
        """Write down who was there, add somebody, give a place back, or call it off."""
        row = self._row(pk)
        step = {
            "attendance": self._conclude,
            "add": self._add,
            "remove": self._remove,
            "call_off": self._call_off,
        }.get(request.POST.get("step", ""))
        if step is None:
            return redirect(request.path)
        try:
            refused = step(request, row)
        except BookingRefused as error:
            tell_refusals(request, error)
            refused = None
        return refused or redirect(request.path)

    def _conclude(self, request: HttpRequest, row: Induction) -> HttpResponse | None:
        form = AttendanceForm(request.POST, places=_to_be_said(row))
        if not form.is_valid():
            return self._page(request, row, UNPROCESSABLE, attendance=form)
        granted = services.conclude(
            induction=row, results=form.results(), by=self.member, now=self.now
        )
        messages.success(request, _("The attendance list is saved."))
        if granted:
            names = ", ".join(str(each.member) for each in granted)
            messages.success(request, _("Certified: %(names)s.") % {"names": names})
        return None

    def _add(self, request: HttpRequest, row: Induction) -> HttpResponse | None:
        form = PersonForm(request.POST, people=Member.objects.all())
        if not form.is_valid():
            return self._page(request, row, UNPROCESSABLE, person_form=form)
        place = services.join(induction=row, member=form.member, by=self.member, now=self.now)
        said = _("%(person)s has a seat.")
        if place.state == PlaceState.WAITING:
            said = _("All seats are taken: %(person)s is in the line.")
        messages.success(request, said % {"person": form.member})
        return None

    def _remove(self, request: HttpRequest, row: Induction) -> HttpResponse | None:
        pk = request.POST.get("place", "")
        places = row.places.select_related("induction__space", "member")
        place = get_object_or_404(places, pk=pk if pk.isdecimal() else None)
        services.leave(place=place, by=self.member, now=self.now)
        messages.success(request, _("%(person)s does not come.") % {"person": place.member})
        return None

    def _call_off(self, request: HttpRequest, row: Induction) -> HttpResponse | None:
        form = CallOffForm(request.POST)
        if not form.is_valid():
            return self._page(request, row, UNPROCESSABLE, call_off_form=form)
        services.call_off(
            induction=row, reason=form.cleaned_data["reason"], by=self.member, now=self.now
        )
        messages.success(request, _("Called off. Everybody who wanted to come is told."))
        return None

    def _row(self, pk: int) -> Induction:
        rows = Induction.objects.with_counts().select_related("space", "skill", "led_by")
        return get_object_or_404(rows, pk=pk, space=self.space)

    def _page(
        self, request: HttpRequest, row: Induction, status: int = 200, **forms: Any
    ) -> HttpResponse:
        is_ahead = row.state in AHEAD
        has_begun = row.starts_at <= self.now
        context = {
            "attendance": AttendanceForm(places=_to_be_said(row)),
            "person_form": PersonForm(people=Member.objects.none()),
            "call_off_form": CallOffForm(),
            **forms,
        }
        return self.show(
            request,
            status,
            induction=row,
            each=told([row])[0],
            places=attendance_of(row),
            machines=machines_taken([row]).get(row.bundle_id, []),
            is_ahead=is_ahead,
            has_begun=has_begun,
            takes_attendance=has_begun and row.state != "cancelled",
            **context,
        )


def _to_be_said(row: Induction) -> list[Any]:
    """Of whom the list may still say what became of them."""
    return [
        place
        for place in attendance_of(row)
        if place.state != PlaceState.LEFT and place.certification_id is None
    ]
