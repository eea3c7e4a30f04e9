"""The reminders of a space: the rules in sentences, what goes out next, and a rule as a form."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from booking.models import ReminderRule
from booking.notices import REMINDERS
from booking.queries.reminders import is_following, next_reminders, rules_in
from booking.reminder_forms import ReminderRuleForm
from booking.reminder_words import defaults_in_words, rule_in_words
from booking.services.reminders import remove_rule, save_rule
from booking.views.policies import WORDS
from machines.views.staff import UNPROCESSABLE, StaffPage

NEXT = 10
"""How many of the coming reminders the page shows."""


class RemindersPage(StaffPage):
    """Every rule in words, and what it comes to."""

    template_name = "booking/reminders.html"

    def get(self, request: HttpRequest, space: str) -> HttpResponse:
        """The list."""
        rules = rules_in(self.space)
        return self.show(
            request,
            rules=[(each, rule_in_words(each)) for each in rules],
            defaults=defaults_in_words(rules),
            coming=next_reminders(self.space, REMINDERS, most=NEXT),
            is_following=is_following(self.space),
        )


class ReminderPage(StaffPage):
    """One rule, new or to be changed."""

    template_name = "booking/reminder.html"

    def get(self, request: HttpRequest, space: str, pk: int | None = None) -> HttpResponse:
        """The rule as it is."""
        return self._page(request, ReminderRuleForm(instance=self._rule(pk)))

    def post(self, request: HttpRequest, space: str, pk: int | None = None) -> HttpResponse:
        """Tell it in words, keep it, switch it, or remove it."""
        rule, step = self._rule(pk), request.POST.get("step")
        if rule.pk is not None and step in ("switch", "remove"):
            return self._at_once(request, rule, step)
        form = ReminderRuleForm(request.POST, instance=rule)
        is_valid = form.is_valid()
        if request.headers.get("HX-Target") == WORDS:
            return render(request, "booking/_reminder_words.html", _words(form))
        if step != "save" or not is_valid:
            return self._page(request, form, 200 if is_valid else UNPROCESSABLE)
        save_rule(rule=form.rule(), now=self.now)
        return self._back(request, _("The reminder is saved."))

    def _at_once(self, request: HttpRequest, rule: ReminderRule, step: str) -> HttpResponse:
        """What needs no form."""
        if step == "remove":
            remove_rule(rule=rule, now=self.now)
            return self._back(request, _("The reminder is gone."))
        rule.is_active = not rule.is_active
        save_rule(rule=rule, now=self.now)
        done = _("The reminder is on.") if rule.is_active else _("The reminder is off.")
        return self._back(request, done)

    def _back(self, request: HttpRequest, done: str) -> HttpResponse:
        messages.success(request, done)
        return redirect("booking:space_reminders", self.space.slug)

    def _rule(self, pk: int | None) -> ReminderRule:
        if pk is None:
            return ReminderRule(space=self.space)
        rules = ReminderRule.objects.select_related("space", "category")
        return get_object_or_404(rules, pk=pk, space=self.space)

    def _page(
        self, request: HttpRequest, form: ReminderRuleForm, status: int = 200
    ) -> HttpResponse:
        return self.show(request, status, form=form, rule=form.instance, **_words(form))


def _words(form: ReminderRuleForm) -> dict[str, Any]:
    """The rule in words, as it is kept or as it was typed; empty while that is not understood."""
    if form.is_bound:
        return {"words": rule_in_words(form.rule()) if form.is_valid() else "", "is_draft": True}
    return {"words": rule_in_words(form.instance) if form.instance.pk else ""}
