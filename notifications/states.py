"""What can become of a message, and how long we try."""

from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MessageState(TextChoices):
    """Where a message stands; only PENDING ones are ever sent."""

    PENDING = "pending", _("waiting")
    SENT = "sent", _("sent")
    WITHDRAWN = "withdrawn", _("withdrawn")
    EXPIRED = "expired", _("too late to be useful")
    FAILED = "failed", _("given up")


MAX_ATTEMPTS = 10
FIRST_RETRY_AFTER = timedelta(minutes=1)
LONGEST_RETRY_AFTER = timedelta(hours=2)
HEARTBEAT_IS_LATE_AFTER = timedelta(minutes=10)
