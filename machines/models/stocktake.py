"""Stocktakes: going through a space to see whether what the inventory tells is there."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from machines.models.machine import Machine
from machines.states import Outcome
from spaces.models import Room, Space


class Stocktake(models.Model):
    """One count of a space, from its start to its closing; one at a time."""

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="stocktakes")
    started_at = models.DateTimeField(_("started"))
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-started_at"]
        verbose_name = _("stocktake")
        verbose_name_plural = _("stocktakes")
        constraints = [
            models.UniqueConstraint(
                fields=["space"], condition=Q(closed_at=None), name="stocktake_one_open_per_space"
            )
        ]

    def __str__(self) -> str:
        return f"{self.space}, {self.started_at:%Y-%m-%d}"


class CountQuerySet(models.QuerySet["Count"]):
    """Filters of what was counted."""

    def present(self) -> "CountQuerySet":
        """What says that a machine of the space is there: each machine once."""
        return self.filter(outcome__in=[Outcome.FOUND, Outcome.ELSEWHERE])


class Count(models.Model):
    """One code that was read, and what it told; at closing also one row per missing machine."""

    stocktake = models.ForeignKey(Stocktake, on_delete=models.CASCADE, related_name="counts")
    code = models.CharField(_("code"), max_length=200, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome)
    machine = models.ForeignKey(
        Machine, on_delete=models.PROTECT, null=True, blank=True, related_name="counts"
    )
    room = models.ForeignKey(
        Room,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Where it was read."),
    )
    counted_at = models.DateTimeField(_("counted"))
    counted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = CountQuerySet.as_manager()

    class Meta:
        ordering = ["-counted_at", "-pk"]
        verbose_name = _("count")
        verbose_name_plural = _("counts")
        constraints = [
            models.UniqueConstraint(
                fields=["stocktake", "machine"],
                condition=~Q(outcome=Outcome.DOUBLE),
                name="count_machine_once_per_stocktake",
            ),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.UNKNOWN, machine=None)
                | (~Q(outcome=Outcome.UNKNOWN) & ~Q(machine=None)),
                name="count_unknown_without_machine",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.outcome}"
