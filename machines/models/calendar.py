"""Which django-scheduler calendar says what of which space or machine."""

from django.db import models
from django.db.models import F, Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from schedule.models import Calendar

from machines.models.machine import Machine
from machines.states import CalendarKind
from spaces.models import Space


class AvailabilityCalendar(models.Model):
    """The meaning of a calendar: a kind, of a whole space or of one machine.

    A machine's OPEN calendar, where it has one with events, replaces that of its space as long as
    it holds; its CLOSED calendar adds to it. MAINTENANCE calendars belong to machines only.
    """

    calendar = models.OneToOneField(Calendar, on_delete=models.PROTECT, related_name="availability")
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="calendars")
    machine = models.ForeignKey(
        Machine,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="calendars",
    )
    kind = models.CharField(_("kind"), max_length=12, choices=CalendarKind.choices)
    holds_from = models.DateTimeField(
        _("holds from"), null=True, blank=True, help_text=_("Empty: since ever.")
    )
    holds_until = models.DateTimeField(
        _("holds until"), null=True, blank=True, help_text=_("Empty: until further notice.")
    )

    class Meta:
        verbose_name = _("availability calendar")
        verbose_name_plural = _("availability calendars")
        constraints = [
            models.UniqueConstraint(
                fields=["space", "machine", "kind"],
                condition=Q(holds_until=None),
                nulls_distinct=False,
                name="availabilitycalendar_once_per_kind",
            ),
            models.CheckConstraint(
                condition=Q(holds_from=None)
                | Q(holds_until=None)
                | Q(holds_until__gt=F("holds_from")),
                name="availabilitycalendar_holds_for_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(kind=CalendarKind.MAINTENANCE) | Q(machine__isnull=False),
                name="availabilitycalendar_maintenance_is_of_a_machine",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.machine or self.space}: {self.get_kind_display()}"


class DirtyDay(models.Model):
    """A local date of a machine whose figures must be computed again from the log."""

    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="+")
    date = models.DateField()
    marked_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["machine", "date"], name="dirtyday_marked_once")
        ]

    def __str__(self) -> str:
        return f"{self.machine_id} {self.date}"
