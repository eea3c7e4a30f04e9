"""The use of a machine: the list of one's own, what is known of one, leaving, correcting."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from booking.answer_forms import AnswersForm
from booking.correction_forms import CorrectionForm
from booking.models import UsageSession
from booking.permissions import may_see_session
from booking.queries.questions import answers_told, asked_about
from booking.queries.sessions import PARTS, history_of, sessions_of, told_late
from booking.services import corrections
from booking.services.attendance import stay_longer
from booking.services.leaving import leave
from booking.services.refusing import BookingRefused, TimeTaken
from booking.views.asking import signed_in, tell_refusals
from booking.wording import moment_in_words
from machines.queries.stock import taken_for
from machines.stock_words import taken_in_words
from members.permissions import is_staff_of

PER_PAGE = 30


@login_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """What I used, and for how long."""
    rows = sessions_of(signed_in(request))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "booking/sessions.html", {"page": page})


@login_required
@require_GET
def session(request: HttpRequest, pk: int) -> HttpResponse:
    """One use with what was said about it, and what it said before it was corrected."""
    found, member = _found(request, pk), signed_in(request)
    asked = found.corrections.select_related("machine", "member", "asked_by", "decided_by")
    context = {
        "session": found,
        "answers": answers_told(found),
        "taken": _taken(found),
        "versions": history_of(found),
        "late": told_late(found),
        "corrections": asked,
        "may_correct": corrections.may_ask(found, member)
        and not any(each.state == "open" for each in asked),
        "is_staff": is_staff_of(member, found.machine.space),
    }
    return render(request, "booking/session.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def session_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Check out, with the questions of the machine."""
    found, member = _found(request, pk), signed_in(request)
    there = redirect("booking:at_machine", found.machine.space.slug, found.machine.slug)
    late = UsageSession.objects.left_late(now()).filter(pk=found.pk)
    if found.ended_at is not None and not late.exists():
        messages.error(request, _("This use has ended already."))
        return there
    asked = asked_about(found.machine)
    form = AnswersForm(request.POST if request.method == "POST" else None, asked=asked)
    if not form.is_bound or not form.is_valid():
        context = {"session": found, "form": form}
        status = 422 if form.is_bound else 200
        return render(request, "booking/session_leave.html", context, status=status)
    try:
        leave(session=found, by=member, now=now(), said=form.said())
    except BookingRefused as error:
        tell_refusals(request, error)
        return there
    messages.success(request, _("Checked out. Thank you for leaving the machine ready."))
    for what in _taken(found):
        messages.success(request, _("Taken from the stock: %(what)s.") % {"what": what})
    if any(each.is_bad for each in form.said()):
        messages.success(request, _("The staff knows what you found. Thank you for telling."))
    return there


@login_required
@require_POST
def session_extend(request: HttpRequest, pk: int) -> HttpResponse:
    """Stay longer without a reservation, while nobody else needs the machine."""
    found, member = _found(request, pk), signed_in(request)
    try:
        longer = stay_longer(session=found, by=member, now=now())
    except BookingRefused as error:
        tell_refusals(request, error)
    else:
        until = moment_in_words(longer.expected_end_at or now(), found.machine.space.zone)
        messages.success(request, _("Extended until %(moment)s.") % {"moment": until})
    return redirect("booking:at_machine", found.machine.space.slug, found.machine.slug)


@login_required
@require_http_methods(["GET", "POST"])
def session_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how it really was: staff corrects at once, others ask the staff to."""
    found, member = _found(request, pk), signed_in(request)
    if not corrections.may_ask(found, member):
        messages.error(request, _("Only a use that is over can be corrected, by who used it."))
        return redirect("booking:session", pk)
    is_staff = is_staff_of(member, found.machine.space)
    options: dict[str, Any] = {"session": found, "by": member, "is_staff": is_staff}
    form, status = CorrectionForm(**options), 200
    if request.method == "POST":
        form, status = CorrectionForm(request.POST, **options), 422
        if form.is_valid():
            act = corrections.correct if is_staff else corrections.ask
            reason = form.cleaned_data["reason"]
            try:
                act(session=found, truth=form.truth(), reason=reason, by=member, now=now())
            except BookingRefused as error:
                form.show(error.refusals)
                status = 409 if isinstance(error, TimeTaken) else 422
            else:
                messages.success(request, _corrected() if is_staff else _asked())
                return redirect("booking:session", pk)
    context = {"session": found, "form": form, "is_staff": is_staff}
    return render(request, "booking/session_correct.html", context, status=status)


def _taken(found: UsageSession) -> list[str]:
    return [taken_in_words(each) for each in taken_for(found.subject_key)]


def _corrected() -> str:
    return _("Corrected. What stood there before is kept, and the figures follow.")


def _asked() -> str:
    return _("The staff is asked. You are told what they decide.")


def _found(request: HttpRequest, pk: int) -> UsageSession:
    """A use that the person may read about; for anyone else it does not exist (Http404)."""
    rows = UsageSession.objects.select_related(*PARTS).prefetch_related("answers__question")
    found = get_object_or_404(rows, pk=pk)
    if not may_see_session(request.user, found):
        raise Http404
    return found
