"""Reservations that recur: a rule of django-scheduler, each of its dates a row of its own."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from schedule.models import Event

from booking.states import RefusalCode
from machines.models import Machine, Pool
from members.models import Company, Member
from spaces.models import Space


class Series(models.Model):
    """A recurrence for one machine, or for any unit of a pool; `event` holds the wall times.

    Without an end in the rule of `event` it goes on; its dates are made rows as far ahead as
    the horizon reaches, up to `materialised_until`.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="series")
    machine = models.ForeignKey(
        Machine, on_delete=models.PROTECT, null=True, blank=True, related_name="series"
    )
    pool = models.ForeignKey(
        Pool, on_delete=models.PROTECT, null=True, blank=True, related_name="series"
    )
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="series")
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, null=True, blank=True, related_name="series"
    )
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)
    is_confidential = models.BooleanField(_("confidential"), default=False)
    materialised_until = models.DateTimeField(editable=False)
    created_at = models.DateTimeField(_("created"), default=now, editable=False)
    created_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        verbose_name = _("series")
        verbose_name_plural = _("series")
        constraints = [
            models.CheckConstraint(
                condition=Q(machine=None, pool__isnull=False) | Q(machine__isnull=False, pool=None),
                name="series_of_a_machine_or_a_pool",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target}: {self.event.title}"

    @property
    def target(self) -> Machine | Pool:
        """The machine, or the pool of which any unit will do."""
        target = self.machine or self.pool
        if target is None:
            raise ValueError("the database keeps a series with a machine or a pool")
        return target

    @property
    def space(self) -> Space:
        """Where its dates take place, and whose clock they follow."""
        return self.target.space

    @property
    def subject_key(self) -> str:
        """The key under which messages about the series as a whole are posted."""
        return f"series:{self.pk}"


class SeriesGap(models.Model):
    """A date of a series that could not be reserved, and why."""

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="gaps")
    original_start_at = models.DateTimeField(_("start"))
    codes = ArrayField(models.CharField(max_length=30, choices=RefusalCode.choices))
    created_at = models.DateTimeField(_("created"), default=now, editable=False)

    class Meta:
        ordering = ["original_start_at"]
        verbose_name = _("date left out")
        verbose_name_plural = _("dates left out")
        constraints = [
            models.UniqueConstraint(
                fields=["series", "original_start_at"], name="seriesgap_once_per_date"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series}, {self.original_start_at:%Y-%m-%d %H:%M}"
