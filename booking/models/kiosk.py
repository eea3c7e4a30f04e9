"""Tablets at the machines: each signs in as itself, never as a person."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from booking.models.usage import UsageSession
from booking.states import KIOSK_LATE, KioskAct, KioskOutcome
from machines.metering.states import SKEW_WORTH_TELLING
from machines.models import Machine
from members.models import Member
from spaces.models import Space


class KioskQuerySet(models.QuerySet["Kiosk"]):
    """Filters of tablets."""

    def standing(self) -> "KioskQuerySet":
        """Tablets that staff has not revoked."""
        return self.filter(revoked_at=None)

    def waiting(self, now: datetime) -> "KioskQuerySet":
        """Those that may be paired at `now`."""
        return self.standing().filter(code_expires_at__gt=now)


class Kiosk(models.Model):
    """A tablet of a space, or of one machine; of its code and its secret only digests are kept."""

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="kiosks")
    machine = models.ForeignKey(
        Machine, on_delete=models.CASCADE, null=True, blank=True, related_name="kiosks"
    )
    name = models.CharField(_("name"), max_length=80)
    code_digest = models.CharField(max_length=64, blank=True, editable=False)
    code_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    secret_digest = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=now, editable=False)
    created_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    paired_at = models.DateTimeField(_("paired"), null=True, blank=True)
    seen_at = models.DateTimeField(_("last seen"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    skew_seconds = models.FloatField(null=True, editable=False)

    objects = KioskQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("tablet")
        verbose_name_plural = _("tablets")
        constraints = [
            models.UniqueConstraint(
                fields=["secret_digest"],
                condition=~models.Q(secret_digest=""),
                name="kiosk_secret_once",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def clock_is_wrong(self) -> bool:
        """Whether its clock differs enough from ours that staff should know."""
        return self.skew_seconds is not None and abs(self.skew_seconds) > SKEW_WORTH_TELLING


class KioskEntryQuerySet(models.QuerySet["KioskEntry"]):
    """Filters of what tablets sent."""

    def to_settle(self) -> "KioskEntryQuerySet":
        """What came too late to be told to who did it, and could not be done."""
        return self.filter(outcome=KioskOutcome.TO_SETTLE)

    def late(self) -> "KioskEntryQuerySet":
        """What was done as of a time at which the server did not know of it."""
        return self.filter(received_at__gt=F("happened_at") + KIOSK_LATE)


class KioskEntry(models.Model):
    """Something that a tablet sent, once, and what became of it.

    Without a `machine` it was about one that is not of the space. `reasons` are codes of refusals
    and of IdentityProblem, and those of kiosk_words; `answers` what was said at check-out.
    """

    kiosk = models.ForeignKey(Kiosk, on_delete=models.PROTECT, related_name="entries")
    key = models.UUIDField(unique=True)
    act = models.CharField(_("what"), max_length=10, choices=KioskAct.choices)
    machine = models.ForeignKey(Machine, on_delete=models.PROTECT, null=True, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    session = models.ForeignKey(UsageSession, on_delete=models.PROTECT, null=True, related_name="+")
    happened_at = models.DateTimeField(_("happened"))
    received_at = models.DateTimeField(_("received"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=KioskOutcome.choices)
    reasons = ArrayField(models.CharField(max_length=30), default=list)
    answers = models.JSONField(default=dict)
    settled_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(_("settled"), null=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = KioskEntryQuerySet.as_manager()

    class Meta:
        ordering = ["happened_at", "pk"]
        verbose_name = _("entry of a tablet")
        verbose_name_plural = _("entries of tablets")
        indexes = [
            models.Index(
                fields=["kiosk", "happened_at"],
                condition=models.Q(outcome=KioskOutcome.TO_SETTLE),
                name="kioskentry_to_settle",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()}, {self.machine}, {self.happened_at:%Y-%m-%d %H:%M}"
