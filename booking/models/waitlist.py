"""Wishes for time that is taken, and the chances given when it is freed."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from booking.models.reservation import Reservation
from booking.states import OfferState, WishState
from machines.models import Category, Machine, Pool
from members.models import Company, Member
from spaces.models import Space


class WaitlistEntry(models.Model):
    """A wish for `duration` within a window, on a machine, a unit of a pool or of a category."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="wishes")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, null=True, blank=True)
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="wishes")
    machine = models.ForeignKey(Machine, on_delete=models.PROTECT, null=True, blank=True)
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, null=True, blank=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True)
    earliest_at = models.DateTimeField(_("not before"))
    latest_at = models.DateTimeField(_("not after"))
    duration = models.DurationField(_("duration"))
    notice = models.DurationField(_("least notice"), default=timedelta(0))
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)
    rank = models.IntegerField(_("rank"), default=0)
    joined_at = models.DateTimeField(_("joined"), default=now)
    state = models.CharField(
        _("state"), max_length=10, choices=WishState.choices, default=WishState.WAITING
    )
    reservation = models.OneToOneField(
        Reservation, on_delete=models.PROTECT, null=True, blank=True, related_name="wish"
    )

    class Meta:
        ordering = ["rank", "joined_at", "pk"]
        verbose_name = _("waitlist entry")
        verbose_name_plural = _("waitlist entries")
        indexes = [
            models.Index(
                fields=["space", "rank", "joined_at"],
                condition=Q(state=WishState.WAITING),
                name="waitlistentry_waiting",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(machine__isnull=False, pool=None, category=None)
                | Q(machine=None, pool__isnull=False, category=None)
                | Q(machine=None, pool=None, category__isnull=False),
                name="waitlistentry_has_one_target",
            ),
            models.CheckConstraint(
                condition=Q(duration__gt=timedelta(0))
                & Q(latest_at__gte=F("earliest_at") + F("duration")),
                name="waitlistentry_fits_its_window",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.machine or self.pool or self.category}"


class Offer(models.Model):
    """Time held for the first who waited, until `expires_at`, which is exclusive (RULES, C20)."""

    entry = models.ForeignKey(WaitlistEntry, on_delete=models.PROTECT, related_name="offers")
    reservation = models.OneToOneField(Reservation, on_delete=models.PROTECT, related_name="offer")
    made_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("expires"))
    state = models.CharField(
        _("state"), max_length=10, choices=OfferState.choices, default=OfferState.OPEN
    )

    class Meta:
        ordering = ["-made_at"]
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        constraints = [
            models.UniqueConstraint(
                fields=["entry"],
                condition=Q(state=OfferState.OPEN),
                name="offer_one_open_per_entry",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry}, {self.reservation}"
