"""Demand that could not be met: every refused try."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from booking.states import RefusalCode
from machines.models import Machine, Pool
from members.models import Member


class RefusedTry(models.Model):
    """Who wanted which machine, or any unit of a pool, when, and which rules stood in the way."""

    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    machine = models.ForeignKey(
        Machine, on_delete=models.CASCADE, null=True, related_name="refused_tries"
    )
    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, null=True, related_name="+")
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))
    codes = ArrayField(models.CharField(max_length=30, choices=RefusalCode.choices))
    created_at = models.DateTimeField(_("created"), default=now, editable=False)

    class Meta:
        verbose_name = _("refused try")
        verbose_name_plural = _("refused tries")
        indexes = [
            models.Index(fields=["machine", "created_at"], name="refusedtry_machine"),
            models.Index(fields=["starts_at"], name="refusedtry_starts_at"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(machine__isnull=False, pool=None) | Q(machine=None, pool__isnull=False),
                name="refusedtry_of_a_machine_or_a_pool",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.machine or self.pool}: {', '.join(self.codes)}"
