"""What is broken, since when, and whether the machine stands still for it."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from machines.models.machine import Machine


class FaultQuerySet(models.QuerySet["Fault"]):
    """Filters of faults."""

    def open(self) -> "FaultQuerySet":
        """Faults that nobody has resolved."""
        return self.filter(ends_at=None)

    def stopping(self) -> "FaultQuerySet":
        """Faults for which the machine stands still: its down time."""
        return self.filter(stops_machine=True)

    def touching(self, start: datetime, end: datetime) -> "FaultQuerySet":
        """Faults that last during any part of `[start, end)`."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=start), starts_at__lt=end)


class Fault(models.Model):
    """Something found broken on a machine; unplanned down time while it stops the machine."""

    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="faults")
    summary = models.CharField(_("what is wrong"), max_length=300)
    stops_machine = models.BooleanField(_("the machine cannot be used"), default=True)
    starts_at = models.DateTimeField(_("since"))
    ends_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = FaultQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at"]
        verbose_name = _("fault")
        verbose_name_plural = _("faults")
        indexes = [models.Index(fields=["machine", "starts_at"], name="fault_machine_starts_at")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                name="fault_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return f"{self.machine}: {self.summary}"
