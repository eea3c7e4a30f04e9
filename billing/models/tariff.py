"""What an hour on a machine costs."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from machines.models import Machine
from members.states import Audience


class HourlyPrice(models.Model):
    """The price of one hour on a machine for one audience, in the currency of the space."""

    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="prices")
    audience = models.CharField(_("for"), max_length=10, choices=Audience.choices)
    amount = models.DecimalField(
        _("price per hour"),
        max_digits=8,
        decimal_places=2,
        validators=[MinValueValidator(0)],
    )

    class Meta:
        verbose_name = _("hourly price")
        verbose_name_plural = _("hourly prices")
        constraints = [
            models.UniqueConstraint(
                fields=["machine", "audience"], name="hourlyprice_once_per_audience"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0), name="hourlyprice_amount_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.machine}, {self.get_audience_display()}: {self.amount}"
