"""One fault: the page of who reported it, its photos, and the page on which staff see to it."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from booking.fault_forms import AssignForm, CommentForm, DuplicateForm, ReopenForm, RepairForm
from booking.queries.displacing import Plan
from booking.services import fault_care, stopping
from booking.stopping import JudgementForm
from booking.views.asking import signed_in
from booking.views.displacing import AtOncePage
from machines.models import Fault, FaultPhoto
from machines.queries.dependencies import stopped_with
from machines.queries.faults import PARTS, originals_for, reporters_of, story_of
from machines.services.faults import FaultClosed
from machines.views.staff import UNPROCESSABLE
from members.permissions import is_staff_of
from spaces.downloads import shown_picture


@login_required
@require_safe
@never_cache
def fault(request: HttpRequest, pk: int) -> HttpResponse:
    """How a fault goes on, for who has reported it; staff see to it on a page of theirs."""
    found = get_object_or_404(Fault.objects.select_related(*PARTS), pk=pk)
    member, space = signed_in(request), found.machine.space
    if is_staff_of(member, space):
        return redirect("booking:fault_care", space.slug, found.pk)
    if member not in reporters_of(found):
        raise Http404
    context = {"story": story_of(found, is_staff=False), "fault": found, "space": space}
    return render(request, "booking/fault.html", context)


@login_required
@require_safe
def photo(request: HttpRequest, pk: int) -> FileResponse:
    """A photo of a fault, for the staff and for who may read the entry that it came with."""
    rows = FaultPhoto.objects.select_related("entry__fault__machine__space")
    found = get_object_or_404(rows, pk=pk)
    entry, member = found.entry, signed_in(request)
    is_theirs = entry.is_shared and member in reporters_of(entry.fault)
    if not is_theirs and not is_staff_of(member, entry.fault.machine.space):
        raise Http404
    return shown_picture(found.file)


class FaultCare(AtOncePage):
    """All that staff do about a fault: judge, take on, talk, find the same, mend, open again."""

    template_name = "booking/fault_care.html"

    @cached_property
    def fault(self) -> Fault:
        """The fault of the address, of this space."""
        rows = Fault.objects.select_related(*PARTS)
        return get_object_or_404(rows, pk=self.kwargs["pk"], machine__space=self.space)

    def form(self, data: Any = None) -> JudgementForm:
        """How it is judged."""
        return JudgementForm(data, fault=self.fault, now=self.now)

    def context(self, form: Any, **bound: Form) -> dict[str, Any]:
        """What happened, and the other forms; those that were sent as they were `bound`."""
        return {
            "fault": self.fault,
            "story": story_of(self.fault, is_staff=True),
            "duplicates": self.fault.duplicates.select_related("reported_by"),
            **{name: make(None, None) for name, make in self._forms().items()},
            **bound,
        }

    def _forms(self) -> dict[str, Callable[..., Any]]:
        """The other forms by their names, each made from what was sent."""

        def named(name: str, make: Callable[..., Any], **options: Any) -> Callable[..., Any]:
            # There are several on one page, and some ask for the same thing.
            return lambda data, files: make(data, files, auto_id=f"{name}-%s", **options)

        originals = originals_for(self.fault)
        forms = {
            "assign": named("assign", AssignForm, space=self.space, fault=self.fault),
            "comment": named("comment", CommentForm),
            "resolve": named("resolve", RepairForm, currency=self.space.currency),
            "reopen": named("reopen", ReopenForm),
        }
        if originals:
            forms["duplicate"] = named("duplicate", DuplicateForm, originals=originals)
        return forms

    def plan(self, form: JudgementForm) -> Plan:
        """Who has reserved what stands still until it is likely to work again."""
        return stopping.plan_of_judgement(
            self.fault, form.judgement(), by=self.member, now=self.now
        )

    def displaced(self, form: JudgementForm, data: QueryDict) -> dict[str, Any]:
        """The plan, and who is at the machines now."""
        stopped = stopped_with(self.fault.machine) if form.judgement().stops_machine else []
        return super().displaced(form, data) | {"running": stopping.running_on(stopped)}

    def asks(self, context: dict[str, Any]) -> bool:
        """Also what becomes of the use that goes on, where it stops only now."""
        stops_now = bool(context["running"]) and not self.fault.stops_machine
        return super().asks(context) or stops_now

    def carry_out(self, form: JudgementForm, choices: dict[int, str]) -> str:
        """Judge."""
        stopping.judge_and_displace(
            fault=self.fault,
            judgement=form.judgement(),
            choices=choices,
            ends_use=form.cleaned_data["ends_use"],
            by=self.member,
            now=self.now,
        )
        return _("Saved. Whoever is concerned is told.")

    def after(self) -> HttpResponse:
        """Back to the fault."""
        return redirect("booking:fault_care", self.space.slug, self.fault.pk)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do what was asked; what somebody has resolved meanwhile is shown as it is."""
        act = request.POST.get("act", "judge")
        try:
            if act in self.ACTS:
                return self._act(act)
            return super().post(request, *args, **kwargs)
        except FaultClosed:
            messages.warning(request, _("Somebody has resolved this meanwhile. Look again."))
            return self.after()

    def _act(self, act: str) -> HttpResponse:
        make = self._forms().get(act)
        if make is None:
            raise FaultClosed
        form = make(self.request.POST, self.request.FILES)
        if not form.is_valid():
            judged = self.form()
            context = self.context(judged, **{act: form})
            return self.show(self.request, UNPROCESSABLE, form=judged, **context)
        messages.success(self.request, self.ACTS[act](self, form))
        return self.after()

    def _assign(self, form: AssignForm) -> str:
        to = form.cleaned_data["to"]
        fault_care.assign(fault=self.fault, to=to, by=self.member, now=self.now)
        return _("Taken on by %(name)s.") % {"name": to} if to else _("Taken on by nobody.")

    def _comment(self, form: CommentForm) -> str:
        fault_care.comment(
            fault=self.fault,
            text=form.cleaned_data["text"],
            is_shared=form.cleaned_data["is_shared"],
            photos=form.photos,
            by=self.member,
            now=self.now,
        )
        return _("Your comment is added.")

    def _duplicate(self, form: DuplicateForm) -> str:
        original = form.cleaned_data["original"]
        fault_care.close_as_duplicate(
            fault=self.fault, original=original, by=self.member, now=self.now
        )
        return _("Closed: it is the same as “%(summary)s”.") % {"summary": original.summary}

    def _resolve(self, form: RepairForm) -> str:
        stopping.resolve(
            fault=self.fault,
            repair=form.repair(),
            photos=form.photos,
            by=self.member,
            now=self.now,
        )
        return _("The fault is resolved.")

    def _reopen(self, form: ReopenForm) -> str:
        stopping.open_again(
            fault=self.fault, text=form.cleaned_data["text"], by=self.member, now=self.now
        )
        return _("The fault is open again.")

    ACTS: dict[str, Callable[["FaultCare", Any], str]] = {
        "assign": _assign,
        "comment": _comment,
        "duplicate": _duplicate,
        "resolve": _resolve,
        "reopen": _reopen,
    }
