"""What a calendar of a machine or a space can say."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CalendarKind(TextChoices):
    """What the events of an availability calendar mean."""

    OPEN = "open", _("opening hours")
    STAFFED = "staffed", _("staffed hours")
    CLOSED = "closed", _("closures")
    MAINTENANCE = "maintenance", _("maintenance")
