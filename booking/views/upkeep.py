"""The pages of upkeep that comes again: what is due in a space, plans, jobs, counters."""

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, QuerySet, Sum
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from booking.queries.wear import JOBS_SHOWN, jobs_of, standings_in, standings_of
from booking.services.upkeep_plans import best_near, end_plan, place, record_job
from booking.templatetags.wording import duration, moment
from booking.upkeep_forms import CounterForm, JobForm, PlanForm, ReadingForm
from machines.models import Counter, CounterReading, Machine, MaintenanceJob, MaintenancePlan
from machines.services.maintenance import (
    CorrectedAlready,
    ReadingOutOfLine,
    ReadingTooHigh,
    correct_reading,
    read_counter,
    save_plan,
)
from machines.views.staff import UNPROCESSABLE, StaffPage
from spaces.downloads import shown_picture
from spaces.intervals import DAY, wall_time


class UpkeepPage(StaffPage):
    """What is due in the space, what is coming, and what was done lately."""

    template_name = "booking/upkeep.html"

    def get(self, request: HttpRequest, space: str) -> HttpResponse:
        """The plans, what is due first."""
        jobs = jobs_of(machine__space=self.space)
        spent = jobs.filter(done_at__gt=self.now - 365 * DAY).aggregate(sum=Sum("cost"))["sum"]
        return self.show(
            request,
            standings=standings_in(self.space, now=self.now),
            jobs=jobs[:JOBS_SHOWN],
            spent=spent,
        )


class MachineUpkeepPage(StaffPage):
    """The plans of a machine, its counters, and all that was done to it."""

    template_name = "booking/machine_upkeep.html"

    def get(self, request: HttpRequest, space: str, slug: str) -> HttpResponse:
        """The plans, what is due first."""
        plans = MaintenancePlan.objects.active().filter(machine=self.the_machine)
        jobs = jobs_of(machine=self.the_machine)
        return self.show(
            request,
            standings=standings_of(plans, now=self.now),
            counters=_counters_of(self.the_machine),
            jobs=jobs[:JOBS_SHOWN],
            spent=jobs.aggregate(sum=Sum("cost"))["sum"],
        )


class PlanPage(StaffPage):
    """One plan, new or to be changed."""

    template_name = "booking/upkeep_plan.html"

    def get(
        self, request: HttpRequest, space: str, slug: str, pk: int | None = None
    ) -> HttpResponse:
        """The plan as it is."""
        return self.show(request, form=PlanForm(instance=self._plan(pk), now=self.now))

    def post(
        self, request: HttpRequest, space: str, slug: str, pk: int | None = None
    ) -> HttpResponse:
        """Keep it, or let it come no more."""
        plan = self._plan(pk)
        if request.POST.get("step") == "end" and plan.pk is not None:
            end_plan(plan=plan, now=self.now)
            messages.success(request, _("This job does not come again. What was done is kept."))
            return redirect("booking:machine_upkeep", space, slug)
        form = PlanForm(request.POST, instance=plan, now=self.now)
        if not form.is_valid():
            return self.show(request, UNPROCESSABLE, form=form)
        save_plan(plan=form.plan())
        messages.success(request, _("The plan is saved. It counts from now on."))
        return redirect("booking:machine_upkeep", space, slug)

    def _plan(self, pk: int | None) -> MaintenancePlan:
        if pk is None:
            return MaintenancePlan(machine=self.the_machine)
        return _plan_of(self, pk)


class PlanPlace(StaffPage):
    """Puts free time aside for the next job of a plan."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, space: str, slug: str, pk: int) -> HttpResponse:
        """Near the day on which it is due; nobody is displaced."""
        plan = _plan_of(self, pk)
        span = place(plan=plan, now=self.now)
        if span is None:
            messages.warning(request, self._why_not(plan))
            return redirect("booking:maintenance", space, slug)
        messages.success(request, _("Time is put aside. People see it as maintenance."))
        return redirect("booking:machine_upkeep", space, slug)

    def _why_not(self, plan: MaintenancePlan) -> str:
        """How much time there is near that day, where it is less than the job takes."""
        standings = standings_of(MaintenancePlan.objects.active().filter(pk=plan.pk), now=self.now)
        best = best_near(standings[0], now=self.now) if standings else None
        if best is None:
            return _("There is no free time near that day. Choose one, and see who has to move.")
        return _(
            "Near that day there are not %(needed)s free at a stretch: at most %(longest)s, from"
            " %(when)s on. Split the job, or choose a time and see who has to move."
        ) % {
            "needed": duration(plan.duration),
            "longest": duration(best.duration),
            "when": moment(wall_time(best.start, self.space.zone)),
        }


class JobPage(StaffPage):
    """Writes down that a job was done."""

    template_name = "booking/upkeep_job.html"

    def get(self, request: HttpRequest, space: str, slug: str, pk: int) -> HttpResponse:
        """The checklist and the rest of the form."""
        plan = _plan_of(self, pk)
        return self.show(request, plan=plan, form=JobForm(plan=plan, now=self.now))

    def post(self, request: HttpRequest, space: str, slug: str, pk: int) -> HttpResponse:
        """Keep it in the history; the plan counts anew."""
        plan = _plan_of(self, pk)
        form = JobForm(request.POST, request.FILES, plan=plan, now=self.now)
        if form.is_valid():
            try:
                record_job(plan=plan, done=form.done(), by=self.member, now=self.now)
            except ReadingOutOfLine as error:
                form.add_error("reading", out_of_line(error))
            else:
                messages.success(request, _("Written down. It counts anew from then."))
                return redirect("booking:machine_upkeep", space, slug)
        return self.show(request, UNPROCESSABLE, plan=plan, form=form)


class CounterPage(StaffPage):
    """A counter of a machine: what it showed, and what it shows now; or a new one."""

    template_name = "booking/counter.html"

    def get(
        self, request: HttpRequest, space: str, slug: str, pk: int | None = None
    ) -> HttpResponse:
        """The readings, latest first."""
        return self._page(request, self._counter(pk))

    def post(
        self, request: HttpRequest, space: str, slug: str, pk: int | None = None
    ) -> HttpResponse:
        """Add the counter, or write down what it shows."""
        counter = self._counter(pk)
        form = _counter_form(counter, request.POST)
        if form.is_valid():
            if isinstance(form, CounterForm):
                made: Counter = form.save()
                messages.success(request, _("The counter is there. What does it show now?"))
                return redirect("booking:counter", space, slug, made.pk)
            if self._read(form, counter):
                messages.success(request, _("Written down."))
                return redirect("booking:machine_upkeep", space, slug)
        return self._page(request, counter, form, UNPROCESSABLE)

    def _read(self, form: ReadingForm, counter: Counter) -> bool:
        told = form.cleaned_data
        try:
            read_counter(
                counter=counter,
                value=told["value"],
                is_restart=told["is_restart"],
                by=self.member,
                now=self.now,
            )
        except ReadingOutOfLine as error:
            form.add_error("value", out_of_line(error))
            return False
        return True

    def _counter(self, pk: int | None) -> Counter:
        if pk is None:
            return Counter(machine=self.the_machine)
        return get_object_or_404(Counter, pk=pk, machine=self.the_machine)

    def _page(
        self, request: HttpRequest, counter: Counter, form: Any = None, status: int = 200
    ) -> HttpResponse:
        known = CounterReading.objects.filter(counter=counter.pk)
        readings = known.select_related("read_by", "corrected_by")[:JOBS_SHOWN]
        form = form or _counter_form(counter)
        return self.show(request, status, counter=counter, form=form, readings=readings)


class ReadingPage(StaffPage):
    """A reading that was written down wrongly: what the counter really showed."""

    template_name = "booking/counter_reading.html"

    def get(
        self, request: HttpRequest, space: str, slug: str, counter: int, pk: int
    ) -> HttpResponse:
        """The form with what is written."""
        reading = self._reading(counter, pk)
        initial = {"value": reading.value, "is_restart": reading.is_restart}
        return self.show(request, reading=reading, form=ReadingForm(initial=initial))

    def post(
        self, request: HttpRequest, space: str, slug: str, counter: int, pk: int
    ) -> HttpResponse:
        """Add what it really showed; what was written stays to be seen."""
        reading, form = self._reading(counter, pk), ReadingForm(request.POST)
        if form.is_valid():
            told = form.cleaned_data
            try:
                correct_reading(
                    reading=reading,
                    value=told["value"],
                    is_restart=told["is_restart"],
                    by=self.member,
                )
            except ReadingOutOfLine as error:
                form.add_error("value", out_of_line(error))
            except CorrectedAlready:
                form.add_error(None, _("It is corrected already: correct the correction."))
            else:
                messages.success(request, _("Corrected. What was written before stays to be seen."))
                return redirect("booking:counter", space, slug, counter)
        return self.show(request, UNPROCESSABLE, reading=reading, form=form)

    def _reading(self, counter: int, pk: int) -> CounterReading:
        rows = CounterReading.objects.select_related("counter", "read_by")
        return get_object_or_404(rows, pk=pk, counter=counter, counter__machine=self.the_machine)


class JobPhoto(StaffPage):
    """How the machine looked after a job."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, space: str, pk: int) -> FileResponse:
        """The picture, for staff."""
        job = get_object_or_404(MaintenanceJob, pk=pk, machine__space=self.space)
        if not job.photo:
            raise Http404
        return shown_picture(job.photo)


def out_of_line(error: ReadingOutOfLine) -> str:
    """What is said of a counter that shows less than before, or more than after."""
    if isinstance(error, ReadingTooHigh):
        return _("After that it showed only %(value)s.") % {"value": error}
    return _("Last time it showed %(value)s. Tick below if it began anew.") % {"value": error}


def _plan_of(page: StaffPage, pk: int) -> MaintenancePlan:
    rows = MaintenancePlan.objects.active().select_related("machine__space", "counter")
    return get_object_or_404(rows, pk=pk, machine=page.the_machine)


def _counters_of(machine: Machine) -> QuerySet[Counter]:
    """The counters of `machine`, each with the readings that count, latest first."""
    standing = CounterReading.objects.standing().order_by("-read_at", "-pk")
    return Counter.objects.filter(machine=machine).prefetch_related(Prefetch("readings", standing))


def _counter_form(counter: Counter, data: Any = None) -> Any:
    return ReadingForm(data) if counter.pk else CounterForm(data, instance=counter)
