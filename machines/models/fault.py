"""What is broken, since when, how bad it is, and what was done about it."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from machines.models.machine import Machine
from machines.states import Found, Severity


class FaultQuerySet(models.QuerySet["Fault"]):
    """Filters of faults."""

    def open(self) -> "FaultQuerySet":
        """Faults that nobody has resolved."""
        return self.filter(ends_at=None)

    def stopping(self) -> "FaultQuerySet":
        """Faults for which their machine stands still, or stood until they were resolved."""
        return self.filter(stops_machine=True)

    def new(self) -> "FaultQuerySet":
        """Open faults that no staff has looked at."""
        return self.open().filter(judged_at=None)

    def overdue(self, now: datetime) -> "FaultQuerySet":
        """Open faults that were thought to be mended by now."""
        return self.open().filter(expected_at__lte=now)


class Fault(models.Model):
    """Something found broken on a machine.

    While it stops the machine, `Stoppage` holds who stands still for it and since when.
    `expected_at` is when it is thought to be mended; once that is past nobody knows. An
    `is_unstopped_hazard` came without a name after too many of them: the staff has to look at once.
    """

    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="faults")
    summary = models.CharField(_("what is wrong"), max_length=300)
    found = models.CharField(
        _("how it came to light"), max_length=10, choices=Found.choices, blank=True
    )
    severity = models.CharField(
        _("severity"), max_length=10, choices=Severity.choices, default=Severity.SERIOUS
    )
    stops_machine = models.BooleanField(_("the machine cannot be used"), default=True)
    is_unstopped_hazard = models.BooleanField(
        _("reported as a hazard, and stops nothing yet"), default=False, editable=False
    )
    known = models.TextField(_("what is known"), max_length=1000, blank=True)
    starts_at = models.DateTimeField(_("since"))
    expected_at = models.DateTimeField(_("expected to be mended"), null=True, blank=True)
    ends_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    judged_at = models.DateTimeField(_("looked at"), null=True, blank=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken on by"),
    )
    duplicate_of = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="duplicates"
    )
    resolution = models.TextField(_("what was done"), max_length=1000, blank=True)
    minutes_spent = models.PositiveIntegerField(_("minutes of work"), null=True, blank=True)
    cost = models.DecimalField(
        _("cost of parts and service"), max_digits=9, decimal_places=2, null=True, blank=True
    )
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
        ordering = ["-starts_at", "-pk"]
        verbose_name = _("fault")
        verbose_name_plural = _("faults")
        indexes = [
            models.Index(fields=["machine", "starts_at"], name="fault_machine_starts_at"),
            models.Index(fields=["machine"], condition=Q(ends_at=None), name="fault_open_machine"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                name="fault_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(severity=Severity.HAZARD) | Q(stops_machine=True),
                name="fault_hazard_stops_machine",
            ),
            models.CheckConstraint(
                condition=Q(duplicate_of=None) | ~Q(duplicate_of=F("pk")),
                name="fault_no_duplicate_of_itself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.machine}: {self.summary}"

    @property
    def is_open(self) -> bool:
        """Whether nobody has resolved it."""
        return self.ends_at is None

    @property
    def subject_key(self) -> str:
        """What messages about it are found by."""
        return f"fault:{self.pk}"

    def until(self, now: datetime) -> datetime | None:
        """When it is thought to be mended, as long as that is to come; None where nobody knows."""
        is_ahead = self.expected_at is not None and self.expected_at > now
        return self.expected_at if is_ahead else None
