"""What the words of a sheet come to in numbers, to be searched."""

from django.db import models
from django.db.models import F, Q

from machines.measuring.names import Material, Measurable
from machines.models.machine import Machine


class Measure(models.Model):
    """What a machine has or can do, from `low` to `high` in the unit that is kept.

    It is an index: the words of the sheet are the truth, and whoever writes them has it made anew
    (`services/measures.py`).
    """

    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="measures")
    key = models.CharField(max_length=20, choices=Measurable)
    material = models.CharField(max_length=20, choices=Material, blank=True)
    low = models.DecimalField(max_digits=13, decimal_places=4)
    high = models.DecimalField(max_digits=13, decimal_places=4)

    class Meta:
        ordering = ["key", "material", "low"]
        constraints = [
            models.CheckConstraint(condition=Q(high__gte=F("low")), name="measure_low_to_high")
        ]
        indexes = [
            models.Index(fields=["key", "high", "machine"], name="measure_by_value"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.material} {self.low}–{self.high}"
