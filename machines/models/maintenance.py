"""Upkeep that comes again: what is to be done how often, what was done, what counters showed."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from schedule.models import Event

from machines.models.machine import Machine
from machines.states import UpkeepBasis

MOST_LINES = 40
"""Of a checklist."""


class Counter(models.Model):
    """Something that a machine counts and somebody reads: hours of a lamp, metres cut."""

    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="counters")
    name = models.CharField(_("name"), max_length=80)
    unit = models.CharField(_("unit"), max_length=20, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("counter")
        verbose_name_plural = _("counters")
        constraints = [
            models.UniqueConstraint(fields=["machine", "name"], name="counter_once_per_name")
        ]

    def __str__(self) -> str:
        return self.name


class CounterReadingQuerySet(models.QuerySet["CounterReading"]):
    """Filters of readings."""

    def standing(self) -> "CounterReadingQuerySet":
        """Those that count: none that another one corrects."""
        return self.filter(corrected_by=None)


class CounterReading(models.Model):
    """What a counter showed at a moment, as people read it or a device told it; never changed.

    One that was written down wrongly is corrected by another of the same moment.
    """

    counter = models.ForeignKey(Counter, on_delete=models.CASCADE, related_name="readings")
    value = models.DecimalField(
        _("reading"), max_digits=14, decimal_places=2, validators=[MinValueValidator(Decimal(0))]
    )
    is_restart = models.BooleanField(_("it began anew at zero"), default=False)
    by_device = models.BooleanField(default=False, editable=False)
    corrects = models.OneToOneField(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="corrected_by"
    )
    read_at = models.DateTimeField(_("read on"))
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = CounterReadingQuerySet.as_manager()

    class Meta:
        ordering = ["-read_at", "-pk"]
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        constraints = [
            models.CheckConstraint(condition=Q(value__gte=0), name="counterreading_not_negative"),
            models.UniqueConstraint(
                fields=["counter", "read_at"],
                condition=Q(corrects=None),
                name="counterreading_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.counter}: {self.value}"


class MaintenancePlanQuerySet(models.QuerySet["MaintenancePlan"]):
    """Filters of plans."""

    def active(self) -> "MaintenancePlanQuerySet":
        """Plans that go on, of machines in service."""
        return self.filter(ended_at=None, machine__retired_at=None)


class MaintenancePlan(models.Model):
    """A job that is due again after so many days, hours, uses or counts since it was done.

    `event` is the date in the calendar of the machine that was put aside for the next time.
    """

    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="plans")
    title = models.CharField(_("What is done"), max_length=120)
    basis = models.CharField(_("counted in"), max_length=8, choices=UpkeepBasis.choices)
    every = models.PositiveIntegerField(_("every"), validators=[MinValueValidator(1)])
    counter = models.ForeignKey(
        Counter, on_delete=models.PROTECT, null=True, blank=True, related_name="plans"
    )
    duration = models.DurationField(_("how long it takes"))
    checklist = models.TextField(_("checklist"), blank=True)
    parts = models.TextField(_("spare parts"), blank=True)
    counted_from = models.DateTimeField(_("counted from"))
    used_before = models.DecimalField(
        max_digits=14,
        decimal_places=2,
        default=Decimal(0),
        editable=False,
        help_text="How far it had come since then in the space from which the machine moved.",
    )
    event = models.OneToOneField(
        Event, on_delete=models.SET_NULL, null=True, blank=True, related_name="maintenance_plan"
    )
    created_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MaintenancePlanQuerySet.as_manager()

    BY_SESSIONS = frozenset({UpkeepBasis.HOURS, UpkeepBasis.CYCLES})
    """What is counted by the use that was made of the machine in its space."""

    class Meta:
        ordering = ["machine__name", "title", "pk"]
        verbose_name = _("maintenance plan")
        verbose_name_plural = _("maintenance plans")
        constraints = [
            models.CheckConstraint(condition=Q(every__gt=0), name="maintenanceplan_comes_again"),
            models.CheckConstraint(
                condition=Q(basis=UpkeepBasis.COUNTER, counter__isnull=False)
                | (~Q(basis=UpkeepBasis.COUNTER) & Q(counter=None)),
                name="maintenanceplan_counts_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.machine}: {self.title}"

    @property
    def steps(self) -> list[str]:
        """The lines of the checklist."""
        return lines_of(self.checklist)


class MaintenanceJob(models.Model):
    """A job that was done; history, never changed or deleted.

    `steps` are the lines of the checklist as they were, each with whether it was ticked; `used` is
    how far the machine had come since the job before, in what the plan counts.
    """

    machine = models.ForeignKey(Machine, on_delete=models.PROTECT, related_name="jobs")
    plan = models.ForeignKey(
        MaintenancePlan, on_delete=models.SET_NULL, null=True, related_name="jobs"
    )
    title = models.CharField(_("What was done"), max_length=120)
    done_at = models.DateTimeField(_("done"))
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    steps = models.JSONField(default=list, blank=True)
    parts = models.TextField(_("parts used"), blank=True)
    cost = models.DecimalField(
        _("cost"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    note = models.TextField(_("remarks"), blank=True)
    photo = models.ImageField(_("photo"), upload_to="upkeep", blank=True)
    used = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)

    class Meta:
        ordering = ["-done_at", "-pk"]
        verbose_name = _("maintenance job")
        verbose_name_plural = _("maintenance jobs")
        indexes = [models.Index(fields=["machine", "done_at"], name="maintenancejob_machine_done")]
        constraints = [
            models.CheckConstraint(
                condition=Q(cost=None) | Q(cost__gte=0), name="maintenancejob_costs_nothing_or_more"
            )
        ]

    def __str__(self) -> str:
        return f"{self.machine}: {self.title}"

    @property
    def left_out(self) -> list[str]:
        """The lines of the checklist that nobody ticked."""
        return [step["text"] for step in self.steps if not step["is_done"]]


def lines_of(text: str) -> list[str]:
    """The lines of a text that say something, at most MOST_LINES."""
    return [line.strip() for line in text.splitlines() if line.strip()][:MOST_LINES]
