"""When people are called to mind of what comes, and which spaces changed their mind about it."""

from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from booking.states import (
    DEFAULT_REMINDER_OFFSET,
    EVERYBODY,
    LONGEST_REMINDER_OFFSET,
    OF_WHOLE_SPACES,
    ReminderEvent,
    ReminderTo,
)
from machines.models import Category
from members.states import Audience
from notifications.states import Ways
from spaces.models import Space


class ReminderRule(models.Model):
    """One reminder in one space, of one category or of all; several may stand beside each other.

    Without any rule the default holds (booking/reminders.py). One that is switched off takes the
    place of the default all the same.
    """

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="reminder_rules")
    category = models.ForeignKey(
        Category, on_delete=models.CASCADE, null=True, blank=True, verbose_name=_("category")
    )
    event = models.CharField(
        _("when"), max_length=20, choices=ReminderEvent.choices, default=ReminderEvent.START
    )
    offset = models.DurationField(
        _("how long before or after"),
        default=DEFAULT_REMINDER_OFFSET,
        validators=[MinValueValidator(timedelta(0)), MaxValueValidator(LONGEST_REMINDER_OFFSET)],
    )
    audience = models.CharField(
        _("of whose reservations"),
        max_length=10,
        choices=Audience.choices,
        default=EVERYBODY,
        blank=True,
    )
    to = models.CharField(
        _("who is reminded"),
        max_length=10,
        choices=ReminderTo.choices,
        default=ReminderTo.HOLDER,
    )
    ways = models.CharField(
        _("by which way"), max_length=10, choices=Ways.choices, default=Ways.EVERY, blank=True
    )
    is_active = models.BooleanField(_("switched on"), default=True)

    class Meta:
        verbose_name = _("reminder rule")
        verbose_name_plural = _("reminder rules")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["space", "category", "event", "audience", "to", "offset"],
                nulls_distinct=False,
                name="reminderrule_said_once",
            ),
            models.CheckConstraint(
                condition=Q(offset__gte=timedelta(0)),
                name="reminderrule_offset_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(category=None) | ~Q(event__in=OF_WHOLE_SPACES),
                name="reminderrule_category_where_it_matters",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.space}: {self.offset} {self.get_event_display()}"


class ReminderChange(models.Model):
    """A space whose rules changed: what is reserved there already has yet to follow.

    A mark and a memory of how far the job got, in the order of the reservations' ids.
    """

    space = models.OneToOneField(
        Space, on_delete=models.CASCADE, primary_key=True, related_name="reminder_change"
    )
    changed_at = models.DateTimeField()
    done_up_to = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.space} {self.changed_at:%Y-%m-%d %H:%M}"
