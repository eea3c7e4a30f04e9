"""The one table that holds time: whatever keeps a machine busy is a row here (HOUSE §5)."""

import uuid
from datetime import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    BigIntegerRangeField,
    DateTimeRangeField,
    RangeBoundary,
    RangeOperators,
)
from django.db import models
from django.db.models import Deferrable, F, Func, Q, Value
from django.utils.timezone import now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from schedule.models import Event

from billing.models import GuaranteedWindow
from booking.states import (
    BOOKED,
    MAX_SPAN,
    OCCUPYING,
    UNDECIDED,
    UNIT_TOLD,
    UPCOMING,
    ReservationKind,
    ReservationState,
)
from machines.models import Machine, Pool
from members.models import Company, Member
from members.states import Audience
from spaces.intervals import Interval

MACHINE = Func(
    F("machine"),
    F("machine"),
    Value("[]"),
    function="int8range",
    output_field=BigIntegerRangeField(),
)
"""One machine as a range, so that the constraint needs no extension of PostgreSQL."""

OCCUPIED = Func(
    F("occupied_from"),
    F("occupied_until"),
    RangeBoundary(),
    function="tstzrange",
    output_field=DateTimeRangeField(),
)

SUBJECT = "reservation:"


def named(machine: str, pool: str | None, state: str) -> str:
    """What is reserved, by its name: the machine, or the pool as long as any unit will do."""
    if pool is None or state in UNIT_TOLD:
        return machine
    return gettext("%(pool)s (any unit)") % {"pool": pool}


class ReservationQuerySet(models.QuerySet["Reservation"]):
    """Filters of reservations."""

    def occupying(self) -> "ReservationQuerySet":
        """Rows that keep their machine's time."""
        return self.filter(state__in=OCCUPYING)

    def booked(self) -> "ReservationQuerySet":
        """Reservations and workshops that count as booked in the figures."""
        return self.filter(state__in=BOOKED).exclude(kind=ReservationKind.MAINTENANCE)

    def maintenance(self) -> "ReservationQuerySet":
        """Rows that hold time for planned maintenance."""
        return self.filter(kind=ReservationKind.MAINTENANCE, state__in=OCCUPYING)

    def touching(self, start: datetime, end: datetime) -> "ReservationQuerySet":
        """Rows whose occupied time shares part of `[start, end)`.

        No row is longer than MAX_SPAN, which bounds the search from below.
        """
        return self.filter(
            occupied_from__lt=end,
            occupied_until__gt=start,
            occupied_from__gt=start - MAX_SPAN,
        )

    def named(self, subject_key: str) -> "ReservationQuerySet":
        """The row that messages with this key are about."""
        return self.filter(pk=subject_key.removeprefix(SUBJECT))

    def upcoming(self, now: datetime) -> "ReservationQuerySet":
        """Reservations that have not ended and may still take place."""
        rows = self.filter(state__in=(*UPCOMING, ReservationState.IN_USE), ends_at__gt=now)
        return rows.not_overdue(now)

    def not_overdue(self, now: datetime) -> "ReservationQuerySet":
        """Without what nobody decided on in time, whatever the job has done: it holds nothing."""
        return self.exclude(state__in=UNDECIDED, expires_at__lte=now)


class Reservation(models.Model):
    """A machine kept for someone, or for maintenance, for a span of time.

    `starts_at` and `ends_at` are what was booked and never change with use; `occupied_from` and
    `occupied_until` add setup and turnaround and are what the database keeps apart.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    # Whatever asks by machine, person or company asks for a time as well: see the indexes below.
    machine = models.ForeignKey(
        Machine, on_delete=models.PROTECT, related_name="reservations", db_index=False
    )
    pool = models.ForeignKey(
        Pool,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="reservations",
        help_text="Where any unit would do: until the start it may be another one.",
    )
    kind = models.CharField(
        _("kind"),
        max_length=12,
        choices=ReservationKind.choices,
        default=ReservationKind.BOOKING,
    )
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=ReservationState.choices,
        default=ReservationState.CONFIRMED,
    )
    member = models.ForeignKey(
        Member,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reservations",
        db_index=False,
    )
    company = models.ForeignKey(
        Company,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reservations",
        db_index=False,
    )
    audience = models.CharField(
        max_length=7,
        choices=Audience.choices,
        blank=True,
        db_default="",
        editable=False,
        help_text="What they were when it was made, as the database writes down; blank for nobody.",
    )
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))
    occupied_from = models.DateTimeField(editable=False)
    occupied_until = models.DateTimeField(editable=False)
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)
    is_confidential = models.BooleanField(_("confidential"), default=False)
    amount = models.DecimalField(
        _("price told"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    bundle_id = models.UUIDField(null=True, blank=True, editable=False)
    event = models.ForeignKey(
        Event,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reservations",
    )
    series = models.ForeignKey(
        "Series", on_delete=models.PROTECT, null=True, blank=True, related_name="reservations"
    )
    guarantee = models.ForeignKey(
        GuaranteedWindow,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reservations",
    )
    original_start_at = models.DateTimeField(null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(
        _("kept until"),
        null=True,
        blank=True,
        help_text="When a request or an offer that nobody decided gives its time back.",
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decision = models.CharField(_("reason of the decision"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created"), default=now, editable=False)
    created_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    cancelled_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    cancelled_late = models.BooleanField(_("cancelled late"), default=False)
    released_at = models.DateTimeField(
        _("rest given back"),
        null=True,
        blank=True,
        help_text="When a no-show freed the machine.",
    )

    objects = ReservationQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        indexes = [
            models.Index(
                fields=["machine", "occupied_from"],
                condition=Q(state__in=OCCUPYING),
                include=["occupied_until"],
                name="reservation_occupying",
            ),
            models.Index(fields=["machine", "starts_at"], name="reservation_machine_starts_at"),
            models.Index(fields=["member", "starts_at"], name="reservation_member_starts_at"),
            models.Index(
                fields=["starts_at"],
                condition=Q(state=ReservationState.CONFIRMED),
                name="reservation_awaiting_check_in",
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(state__in=UNDECIDED),
                name="reservation_undecided",
            ),
            models.Index(fields=["company", "starts_at"], name="reservation_company_starts_at"),
            models.Index(
                fields=["machine", "starts_at"],
                condition=Q(company__isnull=False),
                include=["company", "member", "kind", "state"],
                name="reservation_of_a_company",
            ),
            models.Index(
                fields=["bundle_id"],
                condition=Q(bundle_id__isnull=False),
                name="reservation_bundle",
            ),
        ]
        constraints = [
            ExclusionConstraint(
                name="reservation_machine_free",
                expressions=[
                    (MACHINE, RangeOperators.OVERLAPS),
                    (OCCUPIED, RangeOperators.OVERLAPS),
                ],
                condition=Q(state__in=OCCUPYING),
                deferrable=Deferrable.IMMEDIATE,
                violation_error_message=_("Someone else has this time."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="reservation_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(occupied_from__lte=F("starts_at"))
                & Q(occupied_until__gte=F("occupied_from")),
                name="reservation_occupies_its_start",
            ),
            models.CheckConstraint(
                condition=Q(occupied_until__lte=F("occupied_from") + MAX_SPAN),
                name="reservation_max_span",
            ),
            models.CheckConstraint(
                condition=Q(member__isnull=False)
                | ~Q(kind=ReservationKind.BOOKING)
                | Q(guarantee__isnull=False),
                name="reservation_booking_has_a_member",
            ),
            models.UniqueConstraint(
                fields=["event", "machine", "original_start_at"],
                name="reservation_once_per_occurrence",
            ),
            models.UniqueConstraint(
                fields=["series", "original_start_at"], name="reservation_once_per_series_date"
            ),
            models.UniqueConstraint(
                fields=["guarantee", "original_start_at"],
                name="reservation_once_per_guaranteed_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.machine}, {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def span(self) -> Interval:
        """The time that was booked."""
        return Interval(self.starts_at, self.ends_at)

    @property
    def is_of_any_unit(self) -> bool:
        """Whether it is still open which unit of the pool it will be: told at check-in."""
        return self.pool_id is not None and self.state not in UNIT_TOLD

    @property
    def what(self) -> str:
        """What is reserved, for who reserved it: the machine, or the pool where any unit would do.

        `pool` and `machine` should be loaded.
        """
        pool = self.pool.name if self.pool is not None else None
        return named(self.machine.name, pool, self.state)

    def is_overdue(self, now: datetime) -> bool:
        """Whether nobody decided in time: from that moment on it holds nothing."""
        return self.state in UNDECIDED and self.expires_at is not None and self.expires_at <= now

    @property
    def subject_key(self) -> str:
        """The key under which messages about this reservation are posted."""
        return f"{SUBJECT}{self.pk}"
