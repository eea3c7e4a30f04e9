"""Proofs of use: made by the people of a company or the staff of a space, checked by anybody."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import AccessMixin
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import get_default_timezone, localdate, now
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from machines.views.staff import UNPROCESSABLE, StaffPage
from members.models import Company, Member
from members.permissions import is_of
from reports.exports.naming import proof_name
from reports.figures import hours
from reports.models import Statement
from reports.permissions import may_withdraw
from reports.proof_form import ProofForm, WithdrawForm
from reports.proof_sheet import sheet_of
from reports.proof_words import LineTold, lines_told, months_told, total_of
from reports.queries.proofs import proof_of
from reports.services.proving import AlreadyWithdrawn, issue_statement, withdraw_statement
from reports.views.signed_in import signed_in
from spaces.models import Space
from spaces.tables import BYTE_ORDER_MARK, csv_lines, guarded

MOST_ISSUED = 12
COLUMNS = (
    "month", "space", "machine", "reservations", "booked_h", "sessions", "used_h", "assumed_h",
)  # fmt: skip


class _Proof:
    """The page of a proof before it is issued, whoever looks at it."""

    company: Company
    member: Member
    now: datetime
    request: HttpRequest

    def _show(self, data: Any, space: Space | None = None) -> HttpResponse:
        form = _form(data, self.company, space, self.now)
        if self.request.method == "POST" and form.is_valid():
            made = issue_statement(asked=form.asked(), by=self.member, now=self.now)
            return redirect("reports:statement", made.key)
        return _page(self.request, form, self.company, space, now=self.now)


class ProofOfCompany(_Proof, AccessMixin, View):
    """For the people of a company, over all spaces; Http404 for anybody else."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask who it is before anything is read or written."""
        if not isinstance(request.user, Member):
            return self.handle_no_permission()
        self.company = get_object_or_404(Company, slug=kwargs["company"])
        if not is_of(request.user, self.company):
            raise Http404
        self.member, self.now = request.user, now()
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, company: str) -> HttpResponse:
        """What it would say."""
        return self._show(request.GET)

    def post(self, request: HttpRequest, company: str) -> HttpResponse:
        """Issue it."""
        return self._show(request.POST)


class ProofBySpace(_Proof, StaffPage):
    """For the staff of a space, of what the company used there."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask who it is before anything is read or written."""
        self.slug = kwargs["company"]
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, space: str, company: str) -> HttpResponse:
        """What it would say."""
        self.company = get_object_or_404(Company, slug=company)
        return self._show(request.GET, self.space)

    def post(self, request: HttpRequest, space: str, company: str) -> HttpResponse:
        """Issue it."""
        self.company = get_object_or_404(Company, slug=company)
        return self._show(request.POST, self.space)


@require_safe
@never_cache
def statement(request: HttpRequest, key: str) -> HttpResponse:
    """What was issued at this address, for whoever was given it."""
    row, lines = _statement(key)
    person = request.user
    is_theirs = isinstance(person, Member) and may_withdraw(person, row)
    context = {"statement": row, "may_withdraw": is_theirs, **_told(lines)}
    response = render(request, "reports/statement.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@never_cache
def statement_pdf(request: HttpRequest, key: str) -> HttpResponse:
    """The same on paper, with the way back to its address."""
    row, lines = _standing(key)
    response = HttpResponse(sheet_of(row, lines), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{proof_name(row)}.pdf"'
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@never_cache
def statement_csv(request: HttpRequest, key: str) -> StreamingHttpResponse:
    """The same as a table."""
    row, lines = _standing(key)
    rows = [COLUMNS, *(_cells(line) for line in lines)]
    response = StreamingHttpResponse(
        (part for parts in ([BYTE_ORDER_MARK], csv_lines(rows)) for part in parts),
        content_type="text/csv; charset=utf-8",
    )
    response["Content-Disposition"] = f'attachment; filename="{proof_name(row)}.csv"'
    response["X-Robots-Tag"] = "noindex"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@signed_in
def statement_withdraw(request: HttpRequest, member: Member, key: str) -> HttpResponse:
    """The proofs that were issued, to say of one that it is true no longer, and why."""
    row, _lines = _statement(key)
    if not may_withdraw(member, row):
        raise PermissionDenied
    if row.withdrawn_at is not None:
        return _was_withdrawn(request, row)
    chosen = WithdrawForm(request.POST if request.method == "POST" else None, statement=row)
    if not chosen.is_valid():
        form = _form({}, row.company, row.space, now())
        return _page(request, form, row.company, row.space, now=now(), chosen=chosen)
    try:
        withdraw_statement(row, by=member, because=chosen.cleaned_data["because"], now=now())
    except AlreadyWithdrawn:
        return _was_withdrawn(request, row)
    messages.success(request, _("The proof is withdrawn. Its address says so from now on."))
    return _back_to_list(row)


def _was_withdrawn(request: HttpRequest, row: Statement) -> HttpResponse:
    messages.info(request, _("The proof was withdrawn already."))
    return _back_to_list(row)


def _back_to_list(row: Statement) -> HttpResponse:
    if row.space is None:
        return redirect("reports:proof", row.company.slug)
    return redirect("reports:proof_by_space", row.space.slug, row.company.slug)


def _form(data: Any, company: Company, space: Space | None, now: datetime) -> ProofForm:
    zone = get_default_timezone() if space is None else space.zone
    return ProofForm(data, company=company, today=localdate(now, zone), space=space)


def _page(
    request: HttpRequest,
    form: ProofForm,
    company: Company,
    space: Space | None,
    *,
    now: datetime,
    chosen: WithdrawForm | None = None,
) -> HttpResponse:
    """What a proof would say, and those that were issued; `chosen` is to be withdrawn."""
    context: dict[str, Any] = {"form": form, "company": company, "space": space}
    if form.is_valid():
        asked = form.asked()
        context |= {
            "asked": asked,
            **_told(lines_told(proof_of(asked, now=now))),
            "issued": _issued(company, space, chosen),
            "chosen": chosen,
        }
    is_refused = chosen is not None and chosen.is_bound
    status = 200 if form.is_valid() and not is_refused else UNPROCESSABLE
    return render(request, "reports/proof.html", context, status=status)


def _issued(
    company: Company, space: Space | None, chosen: WithdrawForm | None
) -> list[WithdrawForm]:
    """The newest proofs, each with the form that withdraws it; the chosen one is among them."""
    rows = Statement.objects.filter(company=company, space=space)[:MOST_ISSUED]
    forms = {row.pk: WithdrawForm(statement=row) for row in rows}
    if chosen is not None:
        forms[chosen.statement.pk] = chosen
    return list(forms.values())


def _told(lines: Sequence[LineTold]) -> dict[str, Any]:
    """What the table of lines shows."""
    return {"lines": lines, "months": months_told(lines), "total": total_of(lines)}


def _standing(key: str) -> tuple[Statement, Sequence[LineTold]]:
    """A proof that was not withdrawn."""
    row, lines = _statement(key)
    if row.withdrawn_at is not None:
        raise Http404
    return row, lines


def _statement(key: str) -> tuple[Statement, Sequence[LineTold]]:
    try:
        known = uuid.UUID(key)
    except ValueError as error:
        raise Http404 from error
    row = get_object_or_404(Statement.objects.select_related("company", "space"), key=known)
    return row, [LineTold(**line) for line in row.content["lines"]]


def _cells(line: LineTold) -> list[object]:
    return [
        line.month, guarded(line.space), guarded(line.machine), line.reservations,
        hours(line.booked), line.sessions, hours(line.used), hours(line.assumed),
    ]  # fmt: skip
