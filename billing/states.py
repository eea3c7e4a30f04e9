"""What a contract can be."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ContractPeriod(TextChoices):
    """For what time the included hours of a contract are meant."""

    MONTH = "month", _("each month")
    TOTAL = "total", _("the whole contract")
