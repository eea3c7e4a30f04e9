"""What a calendar of a machine or a space can say."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CalendarKind(TextChoices):
    """What the events of an availability calendar mean."""

    OPEN = "open", _("opening hours")
    STAFFED = "staffed", _("staffed hours")
    CLOSED = "closed", _("closures")
    MAINTENANCE = "maintenance", _("maintenance")


class Repeat(TextChoices):
    """How often a closure or a maintenance job comes back."""

    ONCE = "once", _("once")
    WEEKLY = "weekly", _("every week")
    FORTNIGHTLY = "fortnightly", _("every second week")
    MONTHLY_DATE = "monthly_date", _("every month on this date")
    MONTHLY_WEEKDAY = "monthly_weekday", _("every month on this weekday")
    YEARLY = "yearly", _("every year")
