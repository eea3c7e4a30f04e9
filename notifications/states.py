"""What can become of a message, and how long we try."""

from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MessageState(TextChoices):
    """Where a message stands; only PENDING ones are ever sent, GATHERED ones within another."""

    PENDING = "pending", _("waiting")
    GATHERED = "gathered", _("waiting for the mail of the day")
    SENT = "sent", _("sent")
    DIGESTED = "digested", _("sent in the mail of the day")
    MUTED = "muted", _("turned off by the reader")
    WITHDRAWN = "withdrawn", _("withdrawn")
    EXPIRED = "expired", _("too late to be useful")
    FAILED = "failed", _("given up")


UNSENT = (MessageState.PENDING, MessageState.GATHERED)
"""States in which a message can still be called back."""

REVIVABLE = (*UNSENT, MessageState.WITHDRAWN)
"""States from which a message may be given another moment."""

TOLD = (MessageState.SENT, MessageState.DIGESTED)
"""States of what its reader was told, as the log keeps it."""

MAX_ATTEMPTS = 10
FIRST_RETRY_AFTER = timedelta(minutes=1)
LONGEST_RETRY_AFTER = timedelta(hours=2)
HEARTBEAT_IS_LATE_AFTER = timedelta(minutes=10)
MAIL_IS_LATE_AFTER = timedelta(minutes=15)

RELAY_LASTS_AT_MOST = timedelta(seconds=20)
"""One relay ends after this time, so that a long queue leaves the workers to other tasks too."""

LONGEST_ERROR = 500


def retry_after(attempts: int) -> timedelta:
    """How long to wait after the `attempts`-th failure: doubled each time, up to a limit."""
    doubled: int = 1 << (attempts - 1)
    return min(FIRST_RETRY_AFTER * doubled, LONGEST_RETRY_AFTER)
