"""What can become of a message, and how long we try."""

from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ChannelName(TextChoices):
    """The ways in which a message can reach a person."""

    EMAIL = "email", _("E-mail")
    WEB_PUSH = "webpush", _("Browser")
    MATRIX = "matrix", _("Matrix")
    WEBHOOK = "webhook", _("Webhook")


BY_MAIL = frozenset({ChannelName.EMAIL})
BESIDE_MAIL = frozenset(ChannelName) - BY_MAIL
"""What is sent besides: its servers are strangers, and mail never waits behind them."""


class Ways(TextChoices):
    """By which of the ways to its reader a message goes."""

    EVERY = "", _("by every way")
    MAIL = "mail", _("by e-mail alone")
    BESIDE = "beside", _("on other channels")


class Trouble(TextChoices):
    """Why a channel did not take a message."""

    ADDRESS_REFUSED = (
        "address_refused",
        _("Its address leads into a private network, or is not secured by https."),
    )
    UNREACHABLE = "unreachable", _("Nobody answers there.")
    TOO_SLOW = "too_slow", _("It takes too long to answer.")
    REDIRECTED = "redirected", _("It sends us on to another address, where we do not follow.")
    BUSY = "busy", _("It asks us to come back later.")
    REJECTED = "rejected", _("It answers with an error.")
    GONE = "gone", _("It no longer wants our messages.")


class MessageState(TextChoices):
    """Where a message stands; only PENDING ones are ever sent, GATHERED ones within another."""

    PENDING = "pending", _("waiting")
    GATHERED = "gathered", _("waiting for the mail of the day")
    SENT = "sent", _("sent")
    DIGESTED = "digested", _("sent within another mail")
    BESIDE = "beside", _("sent on other channels")
    MUTED = "muted", _("turned off by the reader")
    WITHDRAWN = "withdrawn", _("withdrawn")
    EXPIRED = "expired", _("too late to be useful")
    FAILED = "failed", _("given up")


UNSENT = (MessageState.PENDING, MessageState.GATHERED)
"""States in which a message can still be called back."""

REVIVABLE = (*UNSENT, MessageState.WITHDRAWN)
"""States from which a message may be given another moment."""

TOLD = (MessageState.SENT, MessageState.DIGESTED, MessageState.BESIDE)
"""States of what its reader was told, as the log keeps it."""

MAX_ATTEMPTS = 10
"""So often a message is tried, and so many failures in a row switch a channel off."""

MAX_ATTEMPTS_FOR_NOW = 70
"""So often a mail is tried that is refused for the time being: over five days (RFC 5321, 4.5.4)."""

FIRST_RETRY_AFTER = timedelta(minutes=1)
LONGEST_RETRY_AFTER = timedelta(hours=2)
LONGEST_SILENCE = {
    ChannelName.WEB_PUSH: timedelta(hours=1),
    ChannelName.MATRIX: timedelta(hours=1),
    ChannelName.WEBHOOK: timedelta(hours=2),
}
"""The most that a channel is left alone after a failure, unless it asks for more itself."""

LONGEST_ASKED_FOR = timedelta(days=1)
MAX_ENDPOINTS = 10
"""How many channels a member may have."""

TEST_IS_USEFUL_FOR = timedelta(hours=1)
HEARTBEAT_IS_LATE_AFTER = timedelta(minutes=10)
MAIL_IS_LATE_AFTER = timedelta(minutes=15)

RELAY_LASTS_AT_MOST = timedelta(seconds=20)
"""One relay ends after this time, so that a long queue leaves the workers to other tasks too."""

LONGEST_ERROR = 500


def retry_after(attempts: int, longest: timedelta = LONGEST_RETRY_AFTER) -> timedelta:
    """How long to wait after the `attempts`-th failure: doubled each time, up to `longest`."""
    doubled: int = 1 << min(attempts - 1, 10)
    return min(FIRST_RETRY_AFTER * doubled, longest)
