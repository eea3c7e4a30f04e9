"""The reminders of a space: the rules in sentences, what goes out next, and a rule as a form."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from booking.models import ReminderRule
from booking.notices import REMINDERS
from booking.queries.reminders import is_following, next_reminders, rules_in
from booking.reminder_forms import ReminderRuleForm
from booking.reminder_words import defaults_in_words, rule_in_words
from booking.services.reminders import remove_rule, save_rule
from booking.views.told import ToldPage
from machines.views.staff import StaffPage

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


class ReminderPage(ToldPage):
    """One rule, new or to be changed."""

    template_name = "booking/reminder.html"
    form_class = ReminderRuleForm
    words_name = "booking/_reminder_words.html"
    list_name = "booking:space_reminders"

    def rule(self, pk: int | None) -> ReminderRule:
        """The rule."""
        if pk is None:
            return ReminderRule(space=self.space)
        rules = ReminderRule.objects.select_related("space", "category")
        return get_object_or_404(rules, pk=pk, space=self.space)

    def in_words(self, rule: ReminderRule) -> str:
        """Whom it reminds of what, and when."""
        return rule_in_words(rule)

    def save(self, form: ReminderRuleForm) -> str:
        """Keep it."""
        save_rule(rule=form.rule(), now=self.now)
        return _("The reminder is saved.")

    def at_once(self, rule: ReminderRule, step: str) -> str:
        """Switch it, or remove it."""
        if step == "remove":
            remove_rule(rule=rule, now=self.now)
            return _("The reminder is gone.")
        if step != "switch":
            return ""
        rule.is_active = not rule.is_active
        save_rule(rule=rule, now=self.now)
        return _("The reminder is on.") if rule.is_active else _("The reminder is off.")
