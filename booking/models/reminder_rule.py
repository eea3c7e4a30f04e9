"""How long before its start a reservation is called to mind."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from booking.states import DEFAULT_REMINDER_OFFSET
from machines.models import Category
from spaces.models import Space


class ReminderRule(models.Model):
    """The reminder of one category in one space; without a row, the default offset applies."""

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="reminder_rules")
    category = models.ForeignKey(Category, on_delete=models.CASCADE)
    offset = models.DurationField(_("before the start"), default=DEFAULT_REMINDER_OFFSET)

    class Meta:
        verbose_name = _("reminder rule")
        verbose_name_plural = _("reminder rules")
        constraints = [
            models.UniqueConstraint(
                fields=["space", "category"], name="reminderrule_once_per_category"
            ),
            models.CheckConstraint(
                condition=Q(offset__gte=timedelta(0)),
                name="reminderrule_offset_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category}, {self.space}: {self.offset}"
