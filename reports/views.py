"""The utilisation of a space, for those who work there, and what every figure means."""

from collections.abc import Callable
from datetime import date
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from reports.charts import CHARTS, THEMES, WIDTHS
from reports.definitions import FURTHER, RATES, TERMS, VERSION
from reports.exports import utilisation_csv
from reports.filters import Filters, Period, Scope
from reports.page import UtilisationPage
from reports.permissions import may_see
from reports.queries.usage import report_of
from reports.report import Report
from spaces.models import Space

FIRST_YEAR, LAST_YEAR = 2000, 2100

View = Callable[..., HttpResponseBase]


def for_staff(view: View) -> View:
    """Give the view its space; visitors sign in first, and others are refused."""

    @wraps(view)
    def guarded(request: HttpRequest, space: str, **rest: str) -> HttpResponseBase:
        place = get_object_or_404(Space, slug=space)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not may_see(request.user, Scope.of_space(place)):
            raise PermissionDenied
        return view(request, place, **rest)

    return guarded


@require_safe
@for_staff
def utilisation(request: HttpRequest, space: Space) -> HttpResponse:
    """The figures of a month."""
    page = UtilisationPage(_report(request, space), sort=request.GET.get("sort", ""))
    return render(request, "reports/utilisation.html", {"page": page, "space": space})


@require_safe
@for_staff
def utilisation_export(request: HttpRequest, space: Space) -> StreamingHttpResponse:
    """The same figures as CSV."""
    report = _report(request, space)
    response = StreamingHttpResponse(
        utilisation_csv(report), content_type="text/csv; charset=utf-8"
    )
    filename = f"utilisation-{space.slug}-{report.filters.period.first:%Y-%m}.csv"
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


@require_safe
@for_staff
def utilisation_chart(
    request: HttpRequest, space: Space, chart: str, width: str, theme: str
) -> HttpResponse:
    """One chart of the same figures as SVG."""
    if chart not in CHARTS or width not in WIDTHS or theme not in THEMES:
        raise Http404
    drawing = CHARTS[chart](_report(request, space), theme=THEMES[theme], width=WIDTHS[width])
    response = HttpResponse(drawing, content_type="image/svg+xml")
    response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """What every figure means."""
    context = {"terms": TERMS, "rates": RATES, "further": FURTHER, "version": VERSION}
    return render(request, "reports/metrics.html", context)


def _report(request: HttpRequest, space: Space) -> Report:
    today = now().astimezone(space.zone).date()
    period = Period.month_of(_month(request, today))
    if period.first <= today < period.last:
        period = Period(period.first, today)
    scope = Scope.of_space(space)
    with_assumed = request.GET.get("assumed") != "0"
    return report_of(Filters(scope=scope, period=period, with_assumed=with_assumed))


def _month(request: HttpRequest, today: date) -> date:
    asked = request.GET.get("month")
    if not asked:
        return today
    try:
        month = date.fromisoformat(f"{asked}-01")
    except ValueError as error:
        raise Http404 from error
    if not FIRST_YEAR <= month.year <= LAST_YEAR:
        raise Http404
    return month
