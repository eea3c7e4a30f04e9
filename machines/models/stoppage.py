"""Who stands still for a fault, and since when: the down time of machines."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from machines.models.fault import Fault
from machines.models.machine import Machine


class StoppageQuerySet(models.QuerySet["Stoppage"]):
    """Filters of stoppages."""

    def open(self) -> "StoppageQuerySet":
        """Of machines that stand still now."""
        return self.filter(ends_at=None)

    def touching(self, start: datetime, end: datetime) -> "StoppageQuerySet":
        """Those that last during any part of `[start, end)`."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=start), starts_at__lt=end)


class Stoppage(models.Model):
    """A machine stands still for a fault of its own, or of one that it needs: its down time.

    Which machines a fault stopped is kept here, so that what they need tomorrow changes nothing
    about yesterday.
    """

    fault = models.ForeignKey(Fault, on_delete=models.CASCADE, related_name="stoppages")
    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="stoppages")
    starts_at = models.DateTimeField(_("since"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)

    objects = StoppageQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        verbose_name = _("stoppage")
        verbose_name_plural = _("stoppages")
        indexes = [models.Index(fields=["machine", "starts_at"], name="stoppage_machine_starts_at")]
        constraints = [
            models.UniqueConstraint(
                fields=["fault", "machine"],
                condition=Q(ends_at=None),
                name="stoppage_one_open_per_fault_and_machine",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                name="stoppage_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.machine}: {self.fault.summary}"
