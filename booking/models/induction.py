"""Inductions: dates on which a skill is taught to a few people at once."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, F, Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from booking.models.reservation import Reservation
from booking.states import (
    AHEAD,
    COMING,
    MOST_SEATS,
    OCCUPYING,
    InductionKind,
    InductionState,
    PlaceState,
)
from members.models import Certification, Member, Skill
from spaces.intervals import Interval
from spaces.models import Space

PEOPLE = (MinValueValidator(1), MaxValueValidator(MOST_SEATS))
SUBJECT = "induction:"


class InductionQuerySet(models.QuerySet["Induction"]):
    """Filters of inductions."""

    def ahead(self) -> "InductionQuerySet":
        """Those for which seats are given and given back."""
        return self.filter(state__in=AHEAD)

    def with_counts(self) -> "InductionQuerySet":
        """Each with how many people are `seated` and how many are `waiting`."""
        return self.annotate(
            seated=Count("places", filter=Q(places__state=PlaceState.SEATED)),
            waiting=Count("places", filter=Q(places__state=PlaceState.WAITING)),
        )


class Induction(models.Model):
    """A skill taught at one time; the machines it takes are WORKSHOP rows of its bundle.

    With fewer than `minimum` people at `decide_at` it does not take place.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="inductions")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="inductions")
    kind = models.CharField(
        _("for whom"),
        max_length=10,
        choices=InductionKind.choices,
        default=InductionKind.FULL,
    )
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=InductionState.choices,
        default=InductionState.PLANNED,
    )
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))
    seats = models.PositiveSmallIntegerField(_("seats"), validators=PEOPLE)
    minimum = models.PositiveSmallIntegerField(_("people needed"), default=1, validators=PEOPLE)
    decide_at = models.DateTimeField(_("decided at"))
    note = models.TextField(_("what to know"), max_length=1000, blank=True)
    led_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    bundle_id = models.UUIDField(null=True, blank=True, editable=False)
    without = ArrayField(models.BigIntegerField(), default=list, blank=True, editable=False)
    """The ids of the machines that it lost, as those who come were told."""

    created_at = models.DateTimeField(default=now, editable=False)
    created_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    cancelled_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    cancel_reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = InductionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        verbose_name = _("induction")
        verbose_name_plural = _("inductions")
        indexes = [models.Index(fields=["state", "starts_at"], name="induction_state_starts")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="induction_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(minimum__gte=1, minimum__lte=F("seats")),
                name="induction_minimum_within_seats",
            ),
            models.CheckConstraint(
                condition=Q(decide_at__lte=F("starts_at")), name="induction_decided_before_start"
            ),
            models.CheckConstraint(
                condition=Q(state=InductionState.CANCELLED, cancelled_at__isnull=False)
                | (~Q(state=InductionState.CANCELLED) & Q(cancelled_at=None)),
                name="induction_cancelled_at_where_cancelled",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.skill}, {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def span(self) -> Interval:
        """From its start to its end."""
        return Interval(self.starts_at, self.ends_at)

    @property
    def subject_key(self) -> str:
        """By which messages about it are known."""
        return f"{SUBJECT}{self.pk}"

    @property
    def blocks(self) -> models.QuerySet[Reservation]:
        """The rows that keep its machines."""
        if self.bundle_id is None:
            return Reservation.objects.none()
        return Reservation.objects.filter(bundle_id=self.bundle_id, state__in=OCCUPYING)


class InductionPlaceQuerySet(models.QuerySet["InductionPlace"]):
    """Filters of places."""

    def coming(self) -> "InductionPlaceQuerySet":
        """Of those who want to come, whether there is a seat for them or not."""
        return self.filter(state__in=COMING)


class InductionPlace(models.Model):
    """What somebody has of an induction: a seat, or a place in the line for one."""

    induction = models.ForeignKey(Induction, on_delete=models.PROTECT, related_name="places")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="induction_places")
    state = models.CharField(_("state"), max_length=10, choices=PlaceState.choices)
    joined_at = models.DateTimeField(_("asked"), default=now, editable=False)
    seated_at = models.DateTimeField(_("seat given"), null=True, blank=True)
    certification = models.OneToOneField(
        Certification,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="place",
    )

    objects = InductionPlaceQuerySet.as_manager()

    class Meta:
        ordering = ["joined_at", "pk"]
        verbose_name = _("place in an induction")
        verbose_name_plural = _("places in inductions")
        constraints = [
            models.UniqueConstraint(
                fields=["induction", "member"],
                condition=~Q(state=PlaceState.LEFT),
                name="inductionplace_once_per_member",
            ),
            models.CheckConstraint(
                condition=Q(certification=None) | Q(state=PlaceState.PASSED),
                name="inductionplace_certified_where_passed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.get_state_display()}"
