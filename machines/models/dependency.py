"""What a machine needs so that it can be used: no extraction, no laser."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from machines.models.machine import Machine


class Dependency(models.Model):
    """`machine` stands still whenever `needs` does; both of one space, and never in a circle."""

    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="dependencies")
    needs = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="needed_by")

    class Meta:
        ordering = ["needs__name", "pk"]
        verbose_name = _("dependency")
        verbose_name_plural = _("dependencies")
        constraints = [
            models.UniqueConstraint(fields=["machine", "needs"], name="dependency_once"),
            models.CheckConstraint(
                condition=~Q(machine=F("needs")), name="dependency_on_another_machine"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.machine} → {self.needs}"
