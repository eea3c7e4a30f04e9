"""Which space trusts what another one certifies."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from spaces.models import Space


class Recognition(models.Model):
    """A space counts the certifications of another one, or without `granted_in` those of all."""

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="recognitions")
    granted_in = models.ForeignKey(
        Space, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("recognition")
        verbose_name_plural = _("recognitions")
        constraints = [
            models.UniqueConstraint(
                fields=["space", "granted_in"], nulls_distinct=False, name="recognition_once"
            ),
            models.CheckConstraint(
                condition=Q(granted_in=None) | ~Q(granted_in=F("space")),
                name="recognition_of_others",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.space} ← {self.granted_in or '*'}"
