"""The policies of a space, as sentences and as forms."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from booking.drafting import PolicyDraft
from booking.plain_words import rules_in_words, running_in_words
from booking.queries.policies import (
    EVERYBODY_TOLD,
    AudienceTold,
    Subject,
    SubjectTold,
    policies_in,
    policies_of,
)
from booking.services.policies import remove_policy, save_policy
from machines.models import Category
from machines.views.staff import UNPROCESSABLE, StaffPage
from members.states import Audience

WORDS = "words"


class PoliciesPage(StaffPage):
    """What holds for each category and each machine that differs, in sentences."""

    template_name = "booking/policies.html"

    def get(self, request: HttpRequest, space: str) -> HttpResponse:
        """The list."""
        every = [_in_words(each) for each in policies_in(self.space)]
        plain = [each for each in every if each["is_plain"]]
        told = [each for each in every if not each["is_plain"]]
        return self.show(request, categories=told, plain=plain)


class MachinePoliciesPage(StaffPage):
    """What holds for one machine, and where it differs from its category."""

    template_name = "booking/machine_policies.html"

    def get(self, request: HttpRequest, space: str, slug: str) -> HttpResponse:
        """The sentences, for everybody and for each audience."""
        return self.show(request, told=_in_words(policies_of(self.the_machine)))


def _in_words(told: SubjectTold) -> dict[str, Any]:
    """A category or machine with its sentences."""
    return {
        "subject": told.subject,
        "count": told.machine_count,
        "everybody": _lines(told.everybody),
        "running": running_in_words(told.everybody.resolved.terms, told.reminders),
        "apart": [_lines(each) for each in told.apart],
        "alike": told.alike,
        "everyone": told.told,
        "is_plain": told.is_plain,
        "machines": [_in_words(each) for each in told.machines],
    }


def _lines(told: AudienceTold) -> dict[str, Any]:
    return {"told": told, "lines": rules_in_words(told.resolved.terms)}


class PolicyPage(StaffPage):
    """One policy: a form that tells in sentences what would hold, before and after saving."""

    template_name = "booking/policy.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The policy as it is."""
        return self._page(request, PolicyDraft(self._subject()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show what would hold, save it, or remove the policy."""
        subject, step = self._subject(), request.POST.get("step")
        if step == "remove":
            remove_policy(subject=subject)
            messages.success(request, _("Removed: what others say holds again."))
            return self._back()
        draft = PolicyDraft(subject, request.POST)
        if request.headers.get("HX-Target") == WORDS:
            return render(request, "booking/_policy_words.html", {"draft": draft})
        if step != "save" or not draft.is_valid:
            return self._page(request, draft, 200 if draft.is_valid else UNPROCESSABLE)
        save_policy(subject=subject, values=draft.form.said(), hours=draft.hours)
        messages.success(request, _("Saved. It holds for whatever is reserved from now on."))
        return self._back()

    def _subject(self) -> Subject:
        """What the address names; raises Http404."""
        whom = self.kwargs["audience"]
        if whom != EVERYBODY_TOLD and whom not in Audience:
            raise Http404
        return Subject(
            space=self.space,
            category=self.machine.category if self.machine else self._category(),
            machine=self.machine,
            audience=None if whom == EVERYBODY_TOLD else Audience(whom),
        )

    def _category(self) -> Category:
        here = Category.objects.filter(machines__space=self.space).distinct()
        return get_object_or_404(here, slug=self.kwargs["category"])

    def _back(self) -> HttpResponse:
        if self.machine is None:
            return redirect("booking:policies", self.space.slug)
        return redirect("booking:machine_policies", self.space.slug, self.machine.slug)

    def _page(self, request: HttpRequest, draft: PolicyDraft, status: int = 200) -> HttpResponse:
        return self.show(request, status, draft=draft, subject=draft.subject)
