"""The queue of requests that staff must approve, and the page behind the link in the mail."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from booking.forms import DecisionForm
from booking.models import Reservation, Series
from booking.queries.bundles import entry_of
from booking.queries.requests import PARTS, decided_in, requests_in, waiting_of
from booking.services import approvals, series
from booking.services.actions import reasons_not_to_decide
from booking.services.refusing import BookingRefused
from booking.views.asking import tell_refusals
from machines.views.staff import UNPROCESSABLE, StaffPage

DECISIONS_SHOWN = 10


class RequestsPage(StaffPage):
    """What waits, what expires first on top, and the latest decisions."""

    template_name = "booking/requests.html"

    def get(self, request: HttpRequest, space: str) -> HttpResponse:
        """The queue."""
        return self.show(
            request,
            waiting=requests_in(self.space, now=self.now),
            decided=decided_in(self.space, limit=DECISIONS_SHOWN),
        )


class RequestPage(StaffPage):
    """One request: what is asked for, by whom, and the decision; opening it decides nothing."""

    template_name = "booking/request.html"

    def get(self, request: HttpRequest, space: str, pk: int) -> HttpResponse:
        """The request with both answers, or what has become of it."""
        return self._page(request, self._found(pk), DecisionForm())

    def post(self, request: HttpRequest, space: str, pk: int) -> HttpResponse:
        """Approve, or deny with a reason; then back to the queue."""
        found = self._found(pk)
        form = DecisionForm(request.POST)
        if not form.is_valid():
            return self._page(request, found, form, UNPROCESSABLE)
        try:
            self._decide(found, **form.cleaned_data)
        except BookingRefused as error:
            tell_refusals(request, error)
            return redirect("booking:request", self.space.slug, pk)
        messages.success(request, self._told(found, form.cleaned_data["decision"]))
        return redirect("booking:requests", self.space.slug)

    def _decide(
        self, found: Reservation, *, decision: str, reason: str, whole_series: bool
    ) -> None:
        if whole_series and found.series is not None:
            self._decide_all(found.series, decision, reason)
        elif decision == DecisionForm.APPROVE:
            approvals.approve(reservation=found, by=self.member, now=self.now)
        else:
            approvals.deny(reservation=found, by=self.member, now=self.now, reason=reason)

    def _decide_all(self, found: Series, decision: str, reason: str) -> None:
        if decision == DecisionForm.APPROVE:
            series.approve_all(series=found, by=self.member, now=self.now)
        else:
            series.deny_all(series=found, by=self.member, now=self.now, reason=reason)

    def _told(self, found: Reservation, decision: str) -> str:
        words = {"member": found.member, "machine": found.machine}
        if decision == DecisionForm.APPROVE:
            return _("Approved: %(machine)s for %(member)s. They are told by mail.") % words
        return _("Denied: %(machine)s for %(member)s. They are told why by mail.") % words

    def _found(self, pk: int) -> Reservation:
        rows = Reservation.objects.filter(machine__space=self.space, member__isnull=False)
        return get_object_or_404(rows.select_related(*PARTS), pk=pk)

    def _page(
        self, request: HttpRequest, found: Reservation, form: Any, status: int = 200
    ) -> HttpResponse:
        reasons = reasons_not_to_decide(found, by=self.member, now=self.now)
        context = {
            "reservation": found,
            "entry": entry_of(found),
            "form": form,
            "reasons": reasons,
            "alike": waiting_of(found.series, now=self.now) if found.series else 0,
        }
        return self.show(request, status, **context)
