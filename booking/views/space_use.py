"""The use of a space's machines for its staff: what waits for a decision, and the log."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from booking.correction_forms import OTHER, MissedUseForm
from booking.kiosk_words import reason_in_words
from booking.models import Correction, KioskEntry
from booking.queries.sessions import corrections_in, entries_in, sessions_in
from booking.services.corrections import decide
from booking.services.entering import enter_session
from booking.services.kiosk_entries import settle
from booking.services.refusing import BookingRefused, TimeTaken
from booking.span_forms import wall_text
from booking.states import KioskAct
from booking.views.asking import tell_refusals
from machines.views.staff import UNPROCESSABLE, StaffPage, number_in

PER_PAGE = 50
CONFLICT = 409
LONGEST_NOTE = 300


class SpaceUsePage(StaffPage):
    """Corrections to decide, entries of tablets to settle, and the log."""

    template_name = "booking/space_use.html"

    def get(self, request: HttpRequest, space: str) -> HttpResponse:
        """The page; `?q=` looks for a machine or a person in the log."""
        words = request.GET.get("q", "").replace("\0", "")[:80]
        rows = sessions_in(self.space, words=words)
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        # The oldest are seen to first, and the next ones come up then.
        waiting = Paginator(entries_in(self.space), PER_PAGE).get_page(1)
        context: dict[str, Any] = {
            "corrections": Paginator(corrections_in(self.space), PER_PAGE).get_page(1),
            "entries": [
                (entry, [reason_in_words(code) for code in entry.reasons]) for entry in waiting
            ],
            "entries_waiting": waiting,
            "page": page,
            "words": words,
            "address": urlencode({"q": words}) if words else "",
        }
        return self.show(request, **context)


class MissedUsePage(StaffPage):
    """A form to write down a use that nobody recorded while it lasted."""

    template_name = "booking/missed_use.html"

    def get(self, request: HttpRequest, space: str) -> HttpResponse:
        """The form, with today's date; `?entry=` fills in what a tablet knows of it."""
        entry = entries_in(self.space).filter(pk=number_in(request.GET.get("entry", ""))).first()
        return self.show(request, form=self._form(initial=self._told_by(entry)))

    def _told_by(self, entry: KioskEntry | None) -> dict[str, Any]:
        if entry is None:
            return {}
        at = entry.happened_at.astimezone(self.space.zone)
        which = "start" if entry.act == KioskAct.CHECK_IN else "end"
        return {
            "machine": entry.machine_id,
            "email": entry.member.email if entry.member else "",
            "start_date": at.date(),
            "end_date": at.date(),
            which: wall_text(at),
        }

    def post(self, request: HttpRequest, space: str) -> HttpResponse:
        """Write it down, where nobody else used the machine then."""
        form = self._form(request.POST)
        status = UNPROCESSABLE
        if form.is_valid():
            told = form.cleaned_data
            member = told["member"] if told["who"] == OTHER else None
            options = {"machine": told["machine"], "member": member, "span": form.span()}
            try:
                session = enter_session(**options, by=self.member, now=self.now)
            except BookingRefused as error:
                form.show(error.refusals)
                status = CONFLICT if isinstance(error, TimeTaken) else UNPROCESSABLE
            else:
                messages.success(request, _("Written down. The figures follow."))
                return redirect("booking:session", session.pk)
        return self.show(request, status, form=form)

    def _form(self, data: Any = None, **options: Any) -> MissedUseForm:
        return MissedUseForm(data, space=self.space, now=self.now, **options)


class CorrectionDecision(StaffPage):
    """Accepts or denies a correction."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, space: str, pk: int) -> HttpResponse:
        """Decide and go back to what waits."""
        rows = Correction.objects.filter(session__machine__space=self.space)
        correction = get_object_or_404(rows.select_related("session", "machine", "member"), pk=pk)
        is_yes = request.POST.get("answer") == "yes"
        try:
            decide(
                correction=correction,
                is_yes=is_yes,
                decision=_note(request),
                by=self.member,
                now=self.now,
            )
        except BookingRefused as error:
            tell_refusals(request, error)
        else:
            told = _("Corrected. What stood there before is kept, and the figures follow.")
            messages.success(request, told if is_yes else _("Denied. Who asked is told."))
        return redirect("booking:space_use", space)


class EntrySettlement(StaffPage):
    """Says that staff has seen to what a tablet could not do."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, space: str, pk: int) -> HttpResponse:
        """Settle and go back to what waits."""
        entry = get_object_or_404(KioskEntry, pk=pk, kiosk__space=self.space)
        settle(entry=entry, note=_note(request), by=self.member, now=self.now)
        messages.success(request, _("Settled."))
        return redirect("booking:space_use", space)


def _note(request: HttpRequest) -> str:
    return request.POST.get("note", "").replace("\0", "")[:LONGEST_NOTE]
