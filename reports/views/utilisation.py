"""How machines are used, for those who may know, and what every figure means."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import (
    HttpRequest,
    HttpResponse,
    QueryDict,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from members.models import Member
from reports.choosing import ChoosingForm, as_typed, presets_of
from reports.definitions import FURTHER, RATES, TERMS, VERSION
from reports.filters import Filters, FiltersForm, Scope
from reports.page import Reader, UtilisationPage
from reports.permissions import may_see, may_see_sessions
from reports.queries.drilling import sessions_behind
from reports.queries.offered import Workplace, choices_for, usual_scope, workplace_of
from reports.queries.shown import shown_to
from reports.queries.usage import report_of
from reports.views.reading import reading
from reports.wording import period_in_words
from spaces.models import Space

PER_PAGE = 50


@require_safe
def utilisation(request: HttpRequest) -> HttpResponse:
    """The figures that were asked for, or what is wrong with the question."""
    person = request.user
    if not isinstance(person, Member):
        return redirect_to_login(request.get_full_path())
    moment, workplace = now(), workplace_of(person)
    asked = request.GET.copy()
    if "scope" not in asked:
        usual = usual_scope(person, workplace)
        if usual is None:
            raise PermissionDenied
        asked["scope"] = usual.key
    form = FiltersForm(asked, now=moment)
    if not form.is_valid():
        return _asked_again(request, person, workplace, asked)
    filters = form.filters
    if not may_see(person, filters.scope):
        raise PermissionDenied
    page = UtilisationPage(
        shown_to(workplace, report_of(filters)),
        sort=request.GET.get("sort", ""),
        reader=Reader(
            may_follow=lambda scope: scope.space is None or workplace.holds(scope),
            may_see_sessions=may_see_sessions(person, filters.scope),
        ),
        now=moment,
    )
    choices = choices_for(person, workplace, filters.scope)
    context = {
        "page": page,
        "form": ChoosingForm(now=moment, choices=choices, initial=as_typed(filters)),
        # The menu lists the same spaces.
        "workplaces": workplace.spaces,
        "presets": presets_of(filters, today=moment.astimezone(filters.scope.zone).date()),
        **_around(filters.scope, workplace),
    }
    return render(request, "reports/utilisation.html", context)


@require_safe
@reading
def sessions(request: HttpRequest, filters: Filters) -> HttpResponse:
    """The sessions behind the figures, for those who may read every one of them."""
    if not may_see_sessions(request.user, filters.scope):
        raise PermissionDenied
    page = Paginator(sessions_behind(filters), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "filters": filters,
        "dates": period_in_words(filters.period),
        "is_of_one_space": filters.scope.space is not None,
    }
    return render(request, "reports/sessions.html", context)


@require_safe
def space_utilisation(request: HttpRequest, space: str) -> HttpResponse:
    """The way in from a space: its figures of the month that runs."""
    scope = Scope.of_space(get_object_or_404(Space, slug=space))
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not may_see(request.user, scope):
        raise PermissionDenied
    return redirect(f"{reverse('reports:utilisation')}?scope={scope.key}")


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """What every figure means."""
    context = {"terms": TERMS, "rates": RATES, "further": FURTHER, "version": VERSION}
    return render(request, "reports/metrics.html", context)


def _asked_again(
    request: HttpRequest, person: Member, workplace: Workplace, asked: QueryDict
) -> HttpResponse:
    """The form with what was typed, and what is wrong beside it."""
    choices = choices_for(person, workplace, None)
    if not choices:
        raise PermissionDenied
    form = ChoosingForm(asked, now=now(), choices=choices)
    return render(request, "reports/utilisation.html", {"form": form})


def _around(scope: Scope, workplace: Workplace) -> dict[str, Any]:
    """What stands around the page: the tabs of the space, where one works there, the way back."""
    if scope.space is None or not workplace.holds(scope):
        return {"company": scope.company}
    return {
        "staff_space": scope.space,
        "staff_group": "reports",
        "space": scope.space,
        "machine": scope.machine,
    }
