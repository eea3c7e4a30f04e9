"""Actual use, from check-in to check-out, apart from the reservation."""

from datetime import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    ArrayField,
    DateTimeRangeField,
    RangeBoundary,
    RangeOperators,
)
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext_lazy as _

from booking.models.reservation import MACHINE, Reservation
from booking.states import LEFT_LATE, LONG_USE, OBSERVED, SessionSource
from machines.models import Machine
from members.models import Member
from members.states import Audience

USED = Func(
    F("started_at"),
    F("ended_at"),
    RangeBoundary(),
    function="tstzrange",
    output_field=DateTimeRangeField(),
)
"""From check-in to check-out; what still runs has no end, and so reaches into all time to come."""

IS_ASSUMED = Q(source=SessionSource.ASSUMED) | Q(end_is_assumed=True)
"""Use of which nobody told, or of which nobody told the end: what figures mean by assumed."""

IS_ASSUMED_SQL = (
    f"({{session}}.source = '{SessionSource.ASSUMED.value}' OR {{session}}.end_is_assumed)"
)
"""The same of a row that is called `session`."""


class UsageSessionQuerySet(models.QuerySet["UsageSession"]):
    """Filters of usage sessions."""

    def open(self) -> "UsageSessionQuerySet":
        """Sessions that still run."""
        return self.filter(ended_at=None)

    def by_meter_alone(self) -> "UsageSessionQuerySet":
        """What only the meter says, and is written again with its log.

        What somebody asked to correct is no longer for the meter to say, however it was decided.
        """
        return self.filter(source=SessionSource.METER, corrections=None)

    def left_late(self, at: datetime) -> "UsageSessionQuerySet":
        """Those whose end a job assumed, where somebody may still say that they left at `at`."""
        return self.filter(
            end_is_assumed=True, started_at__lt=at, ended_at__gte=at - LEFT_LATE
        ).exclude(source=SessionSource.ASSUMED)

    def touching(self, start: datetime, end: datetime) -> "UsageSessionQuerySet":
        """Sessions that last during any part of `[start, end)`."""
        return self.filter(Q(ended_at=None) | Q(ended_at__gt=start), started_at__lt=end)


class UsageSession(models.Model):
    """One stretch of use of one machine; without a reservation it is a walk-in."""

    # Whatever asks by machine or person asks for a time as well: see the indexes below.
    machine = models.ForeignKey(
        Machine, on_delete=models.PROTECT, related_name="sessions", db_index=False
    )
    member = models.ForeignKey(
        Member,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
        db_index=False,
    )
    reservation = models.ForeignKey(
        Reservation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
    )
    audience = models.CharField(
        max_length=7,
        choices=Audience.choices,
        blank=True,
        db_default="",
        editable=False,
        help_text="What the person was then, as the database writes down; blank for nobody.",
    )
    companies = ArrayField(
        models.BigIntegerField(),
        null=True,
        db_default=None,
        editable=False,
        help_text="For whom the person could act then, as the database writes down; null for none.",
    )
    started_at = models.DateTimeField(_("start"))
    ended_at = models.DateTimeField(_("end"), null=True, blank=True)
    expected_end_at = models.DateTimeField(_("expected end"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=10, choices=SessionSource.choices)
    end_is_assumed = models.BooleanField(_("end assumed"), default=False)
    assumed_end_at = models.DateTimeField(
        null=True, editable=False, help_text="What a job assumed, where the meter knows better."
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = UsageSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]
        verbose_name = _("usage session")
        verbose_name_plural = _("usage sessions")
        indexes = [
            models.Index(
                fields=["machine", "started_at"],
                include=["member"],
                name="usagesession_machine_started",
            ),
            models.Index(
                fields=["member", "started_at"],
                include=["machine"],
                name="usagesession_member_started",
            ),
            models.Index(
                fields=["machine", "started_at"],
                condition=Q(ended_at=None)
                | Q(GreaterThan(F("ended_at") - F("started_at"), LONG_USE)),
                name="usagesession_long",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["machine"],
                condition=Q(ended_at=None),
                name="usagesession_one_open_per_machine",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
                name="usagesession_ends_after_start",
            ),
            ExclusionConstraint(
                name="usagesession_one_at_a_time",
                expressions=[
                    (MACHINE, RangeOperators.OVERLAPS),
                    (USED, RangeOperators.OVERLAPS),
                ],
                condition=Q(source__in=OBSERVED),
                violation_error_message=_("Somebody used the machine then already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.machine}, {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def is_assumed(self) -> bool:
        """Whether nobody told of the use, or of its end."""
        return self.source == SessionSource.ASSUMED or self.end_is_assumed

    @property
    def subject_key(self) -> str:
        """The key under which messages about this session are posted."""
        return f"session:{self.pk}"
