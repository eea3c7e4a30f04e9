"""Sessions that were not as they were written down: asked for, decided, and what stood before."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from booking.models.reservation import Reservation
from booking.models.usage import UsageSession
from booking.states import CorrectionState, SessionSource
from machines.models import Machine
from members.models import Member


class CorrectionQuerySet(models.QuerySet["Correction"]):
    """Filters of corrections."""

    def open(self) -> "CorrectionQuerySet":
        """Those on which nobody has decided."""
        return self.filter(state=CorrectionState.OPEN)


class Correction(models.Model):
    """How a session really was, as somebody says; without a member it was nobody who is known."""

    session = models.ForeignKey(UsageSession, on_delete=models.PROTECT, related_name="corrections")
    machine = models.ForeignKey(Machine, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    started_at = models.DateTimeField(_("start"))
    ended_at = models.DateTimeField(_("end"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=CorrectionState.choices,
        default=CorrectionState.OPEN,
    )
    asked_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="corrections")
    asked_at = models.DateTimeField(_("asked"))
    decided_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decision = models.CharField(_("reason of the decision"), max_length=300, blank=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        constraints = [
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(state=CorrectionState.OPEN),
                name="correction_one_open_per_session",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__gt=F("started_at")), name="correction_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session}: {self.get_state_display()}"


class SessionVersion(models.Model):
    """What a session said before it was corrected; the database lets nobody change or delete it."""

    session = models.ForeignKey(UsageSession, on_delete=models.PROTECT, related_name="versions")
    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, related_name="versions")
    machine = models.ForeignKey(Machine, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    reservation = models.ForeignKey(
        Reservation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    started_at = models.DateTimeField(_("start"))
    ended_at = models.DateTimeField(_("end"), null=True)
    source = models.CharField(_("source"), max_length=10, choices=SessionSource.choices)
    end_is_assumed = models.BooleanField(_("end assumed"))
    replaced_at = models.DateTimeField(_("corrected"))

    class Meta:
        ordering = ["pk"]
        verbose_name = _("earlier version of a session")
        verbose_name_plural = _("earlier versions of sessions")

    def __str__(self) -> str:
        return f"{self.session}, {self.replaced_at:%Y-%m-%d %H:%M}"
