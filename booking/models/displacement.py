"""Reservations that a block, a closure or a fault pushed out of their time."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from booking.models.reservation import Reservation
from booking.states import DisplacementState, ReservationState
from machines.models import Machine
from members.models import Member
from spaces.intervals import Interval


class Displacement(models.Model):
    """What was proposed to the holder of `reservation` instead of the time that was lost.

    Once displaced the reservation is held at the proposed time until `expires_at`; without a
    proposal it is cancelled. The time that was lost is kept here.
    """

    reservation = models.ForeignKey(
        Reservation, on_delete=models.PROTECT, related_name="displacements"
    )
    machine = models.ForeignKey(Machine, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField(_("start that was lost"))
    ends_at = models.DateTimeField(_("end that was lost"))
    state_before = models.CharField(
        _("state before"),
        max_length=10,
        choices=ReservationState.choices,
        default=ReservationState.CONFIRMED,
    )
    reason = models.CharField(_("reason"), max_length=200)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=DisplacementState.choices,
        default=DisplacementState.OPEN,
    )
    created_at = models.DateTimeField(_("displaced"))
    created_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(_("answer until"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("displacement")
        verbose_name_plural = _("displacements")
        constraints = [
            models.UniqueConstraint(
                fields=["reservation"],
                condition=Q(state=DisplacementState.OPEN),
                name="displacement_one_open_per_reservation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reservation}: {self.reason}"

    @property
    def lost(self) -> Interval:
        """The time that was lost."""
        return Interval(self.starts_at, self.ends_at)

    def is_open(self, now: datetime) -> bool:
        """Whether an answer is still awaited; the deadline itself is too late."""
        is_due = self.expires_at is not None and self.expires_at <= now
        return self.state == DisplacementState.OPEN and not is_due
