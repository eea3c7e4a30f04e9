"""Trying the rules out: “may Ana book the laser on Saturday 10–12?”, and what says so."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from booking.queries.policies import Subject
from booking.services.trial import Line, Trial, try_out
from booking.trying import TrialForm
from machines.models import Machine
from machines.views.staff import StaffPage


class TrialPage(StaffPage):
    """A form, and every rule with its answer; nothing is written, so the address can be shared."""

    template_name = "booking/trial.html"

    def get(self, request: HttpRequest, space: str) -> HttpResponse:
        """The form, and the answer where it was filled in."""
        if "person" not in request.GET:
            form = TrialForm(initial=self._initial(request), space=self.space)
            return self.show(request, form=form)
        form = TrialForm(request.GET, space=self.space)
        if not form.is_valid():
            return self.show(request, form=form, choices=self._choices(request, form))
        asked, machine = form.cleaned_data, form.cleaned_data["machine"]
        trial = try_out(
            machine=machine,
            member=asked["person"],
            company=asked["company"],
            request=form.booking_request(),
            now=self.now,
        )
        return self.show(
            request, form=form, person=asked["person"], tried=machine, trial=trial,
            lines=[self._line(each, trial, machine) for each in sorted(trial.lines, key=_weight)],
        )  # fmt: skip

    def _initial(self, request: HttpRequest) -> dict[str, Any]:
        today = self.now.astimezone(self.space.zone).date()
        asked = {"date": today.isoformat(), "start": "10:00", "end": "12:00"}
        return asked | {"machine": request.GET.get("machine", "")}

    def _choices(self, request: HttpRequest, form: TrialForm) -> list[dict[str, str]]:
        """The people whose name fits, each with the address that asks about them."""
        if len(form.found) < 2:  # noqa: PLR2004
            return []
        asked = request.GET.copy()
        found = []
        for person in form.found:
            asked["person"] = person.email
            found.append({"name": str(person), "email": person.email, "query": asked.urlencode()})
        return found

    def _line(self, line: Line, trial: Trial, machine: Machine) -> dict[str, Any]:
        """A line with the policies that say so, and where they are changed."""
        subject = Subject(
            space=self.space, category=machine.category, machine=machine, audience=trial.audience
        )
        sources = [(subject.words_of(said), subject.of(said)) for said in line.said_by]
        return {"line": line, "sources": sources}


def _weight(line: Line) -> int:
    """What stands in the way is read first, then what staff is let off, then what is kept."""
    if line.refusal is None:
        return 2
    return int(line.is_waived)
