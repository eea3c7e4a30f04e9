"""The yearly report of a space, to be printed and handed to those who fund it."""

from datetime import date

from django.http import HttpRequest, HttpResponse

from machines.views.staff import StaffPage
from reports.definitions import BY_ID, VERSION
from reports.exports.writing import TYPES, logo_of
from reports.filters import FIRST_DATE
from reports.printing.yearly import printed_year
from reports.queries.yearly import YearOfSpace, year_of, year_shown_first
from reports.states import Format
from reports.year_words import DEFINED, given_rows, hour_rows, newcomers

YEARS_SHOWN = 4


class _OfYear(StaffPage):
    """Reads which year is asked for."""

    @property
    def today(self) -> date:
        """The date on the clock of the space."""
        return self.now.astimezone(self.space.zone).date()

    def told(self, request: HttpRequest) -> YearOfSpace:
        """The year that was asked for; another text means the newest that says much."""
        text = request.GET.get("year", "")
        year = int(text) if text.isascii() and text.isdigit() and len(text) == len("2026") else 0
        if not FIRST_DATE.year <= year <= self.today.year:
            year = year_shown_first(self.today)
        return year_of(self.space, year, now=self.now)


class YearlyReport(_OfYear):
    """One year, beside the year before."""

    template_name = "reports/yearly.html"

    def get(self, request: HttpRequest, space: str) -> HttpResponse:
        """The page."""
        told = self.told(request)
        return self.show(
            request,
            told=told,
            is_empty=not told.report.totals.has_any,
            hour_rows=list(hour_rows(told)),
            given_rows=given_rows(told),
            newcomers=newcomers(told),
            years=range(self.today.year - YEARS_SHOWN + 1, self.today.year + 1),
            definitions=[BY_ID[each] for each in DEFINED],
            version=VERSION,
        )


class YearlyReportPdf(_OfYear):
    """The same on paper."""

    def get(self, request: HttpRequest, space: str) -> HttpResponse:
        """The file."""
        told = self.told(request)
        paper = printed_year(told, made_at=self.now, logo=logo_of(told.report))
        response = HttpResponse(paper, content_type=TYPES[Format.PDF])
        name = f"year-{self.space.slug}-{told.year}.pdf"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Cache-Control"] = "private, no-store"
        return response
