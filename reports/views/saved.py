"""Reports that are mailed every month: who may read the figures, says who gets them."""

from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.models import Member
from reports.filters import Filters, Scope, UnknownScope
from reports.forms import SavedReportForm, initial_of
from reports.lasting import lasting_key, scope_kept
from reports.models import SavedReport
from reports.permissions import may_change
from reports.services.saved import ask_to_send, delete_saved_report, keep_saved_report
from reports.views.reading import reading
from reports.views.signed_in import signed_in


@require_safe
@reading
def saved_reports(request: HttpRequest, filters: Filters) -> HttpResponse:
    """The saved reports of a scope that the reader may change."""
    scope, member = filters.scope, cast("Member", request.user)
    rows = SavedReport.objects.filter(scope=lasting_key(scope)).prefetch_related("recipients")
    context = {
        "scope": scope,
        "filters": filters,
        "reports": [row for row in rows if may_change(member, row, scope)],
        **_around(scope),
    }
    return render(request, "reports/saved.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@reading
def saved_new(request: HttpRequest, filters: Filters) -> HttpResponse:
    """A new report of a scope, as the page was set where one came from."""
    form = SavedReportForm(
        request.POST or None,
        scope=filters.scope,
        by=cast("Member", request.user),
        initial=initial_of(filters) | {"recipients": [request.user.pk]},
        instance=SavedReport(made_by_id=request.user.pk),
    )
    return _kept(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def saved_edit(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """What a saved report tells, and who gets it."""
    saved, scope = _of(member, pk)
    form = SavedReportForm(request.POST or None, scope=scope, by=member, instance=saved)
    return _kept(request, form)


@signed_in
@require_POST
def saved_send(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """Send the last period to everybody now."""
    saved, scope = _of(member, pk)
    ask_to_send(saved, now=now())
    messages.success(request, _("“%(name)s” goes out within a minute.") % {"name": saved.name})
    return redirect(list_of(scope))


@signed_in
@require_POST
def saved_delete(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """Mail it no more."""
    saved, scope = _of(member, pk)
    name = saved.name
    delete_saved_report(saved)
    messages.success(request, _("“%(name)s” is mailed no more.") % {"name": name})
    return redirect(list_of(scope))


def list_of(scope: Scope) -> str:
    """The address of the saved reports of a scope."""
    return reverse("reports:saved", query={"scope": scope.key})


def _kept(request: HttpRequest, form: SavedReportForm) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        saved = keep_saved_report(
            form.report(), recipients=form.cleaned_data["recipients"], now=now()
        )
        messages.success(
            request,
            _("“%(name)s” is mailed on the first of every month.") % {"name": saved.name},
        )
        return redirect(list_of(form.scope))
    status = 422 if form.is_bound else 200
    context = {
        "form": form,
        "scope": form.scope,
        "saved": form.instance if form.instance.pk else None,
        "back": list_of(form.scope),
        **_around(form.scope),
    }
    return render(request, "reports/saved_form.html", context, status=status)


def _of(member: Member, pk: int) -> tuple[SavedReport, Scope]:
    """The report and its scope, for who may change it."""
    saved = get_object_or_404(SavedReport, pk=pk)
    try:
        scope = scope_kept(saved.scope)
    except UnknownScope as error:
        raise Http404 from error
    if not may_change(member, saved, scope):
        raise PermissionDenied
    return saved, scope


def _around(scope: Scope) -> dict[str, object]:
    """The tabs of the space, where the page is one of its own."""
    if scope.space is None:
        return {}
    return {"staff_space": scope.space, "staff_group": "reports", "space": scope.space}
