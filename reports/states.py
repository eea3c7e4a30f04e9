"""What files the reports come as, how far one that takes long is, and which period moves along."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class Content(TextChoices):
    """What a file tells."""

    REPORT = "report", _("Figures")
    SESSIONS = "sessions", _("Sessions")


class Format(TextChoices):
    """How a file is written."""

    CSV = "csv", "CSV"
    XLSX = "xlsx", "XLSX"
    PDF = "pdf", "PDF"
    JSON = "json", "JSON"


class ExportState(TextChoices):
    """How far a file is that is made in the background."""

    WAITING = "waiting", _("being made")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")


class Moving(IntegerChoices):
    """How many whole months, up to the last one, a saved report tells of."""

    MONTH = 1, _("the month before")
    QUARTER = 3, _("the three months before")
    YEAR = 12, _("the twelve months before")
