"""The yearly report of a space, to be printed and handed to those who fund it."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from machines.views.staff import StaffPage
from reports.definitions import BY_ID, VERSION, Definition
from reports.figures import Totals
from reports.filters import FIRST_DATE
from reports.queries.yearly import YearOfSpace, year_of, year_shown_first
from reports.wording import hours_in_words as hours

DEFINED = ("opening_h", "available_h", "used_h", "booked_h", "use_rate", "booked_rate", "uptime")
TERMS_TOLD = ("opening_h", "available_h", "booked_h", "used_h", "maintenance_h", "down_h")
MEASURES = ("used", "booked")
"""The terms that people make, so that few may be told of."""

YEARS_SHOWN = 4


class YearlyReport(StaffPage):
    """One year, beside the year before."""

    template_name = "reports/yearly.html"

    def get(self, request: HttpRequest, space: str) -> HttpResponse:
        """The year that was asked for; another text means the newest that says much."""
        today = self.now.astimezone(self.space.zone).date()
        text = request.GET.get("year", "")
        year = int(text) if text.isascii() and text.isdigit() and len(text) == len("2026") else 0
        if not FIRST_DATE.year <= year <= today.year:
            year = year_shown_first(today)
        told = year_of(self.space, year, now=self.now)
        return self.show(
            request,
            told=told,
            hour_rows=list(_hour_rows(told)),
            given_rows=_given_rows(told),
            years=range(today.year - YEARS_SHOWN + 1, today.year + 1),
            definitions=[BY_ID[each] for each in DEFINED],
            version=VERSION,
        )


def _hour_rows(told: YearOfSpace) -> Iterator[tuple[Definition, str | None, str | None]]:
    """Each term in hours, beside the year before; None where it would tell of few people."""
    before = told.report.before or Totals({})
    for each in TERMS_TOLD:
        term = BY_ID[each].column
        is_of_people = term in MEASURES
        yield (
            BY_ID[each],
            None
            if is_of_people and term not in told.shown
            else hours(told.report.totals.seconds(term)),
            None if is_of_people and term not in told.shown_before else hours(before.seconds(term)),
        )


def _given_rows(told: YearOfSpace) -> list[tuple[str, int, int | str]]:
    """What people gave to each other; the year before only where that is known."""
    given, before, made = told.given, told.given_before, told.report.contributions
    return [
        (_("Inductions held"), given.inductions, before.inductions),
        (_("People who passed one"), given.taught, before.taught),
        (_("Documents written"), given.documents, before.documents),
        (_("Skills granted"), made.skills_granted, "–"),
        (_("Faults reported"), made.faults_reported, "–"),
        (_("Upkeep done"), made.upkeep_done, "–"),
        (_("Machines in the catalogue, today"), given.machines, "–"),
    ]
