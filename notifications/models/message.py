"""The outbox: what people are to be told, kept until it has been sent."""

import hashlib
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from notifications.models.endpoint import Endpoint
from notifications.states import UNSENT, ChannelName, MessageState


class MessageQuerySet(models.QuerySet["Message"]):
    """Filters of messages."""

    def pending(self) -> "MessageQuerySet":
        """Messages still to be sent."""
        return self.filter(state=MessageState.PENDING)

    def unsent(self) -> "MessageQuerySet":
        """Messages that can still be called back, those that wait for another one included."""
        return self.filter(state__in=UNSENT)

    def due(self, now: datetime) -> "MessageQuerySet":
        """Messages to be sent at `now`, the longest waiting first."""
        due = self.pending().filter(send_after__lte=now).exclude(expires_at__lte=now)
        return due.order_by("send_after", "pk")

    def overdue(self, now: datetime) -> "MessageQuerySet":
        """Messages that nobody sent while they were useful."""
        # Nothing expires before it is due, and the index of what is due keeps this quick.
        return self.pending().filter(send_after__lte=now, expires_at__lte=now)

    def about(self, subject_key: str) -> "MessageQuerySet":
        """Messages about one thing, named by the key its owner chose."""
        return self.filter(subject_key=subject_key)

    def by_mail(self) -> "MessageQuerySet":
        """Messages themselves, without what is told of them on other channels."""
        return self.filter(channel=ChannelName.EMAIL)

    def readable_by_staff_of(self, space_key: str) -> "MessageQuerySet":
        """The log of one space; what holds a key to an account is in nobody's log."""
        return self.filter(space_key=space_key, is_secret=False).exclude(space_key="")


class Message(models.Model):
    """One message to one person: a row until it is sent, the log of it afterwards.

    `kind` names the templates `messages/<kind>.*`; `context` is what they are filled with.
    `subject_key` says what the message is about without this app knowing what that is.
    `dedupe_key` makes posting the same message twice impossible.
    A mail may have siblings, one for each endpoint of the recipient, on other channels.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="messages",
    )
    address = models.EmailField(
        _("address"),
        blank=True,
        help_text="Where it goes when not to the address of the recipient.",
    )
    channel = models.CharField(
        _("channel"), max_length=10, choices=ChannelName.choices, default=ChannelName.EMAIL
    )
    endpoint = models.ForeignKey(
        Endpoint,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="messages",
        db_index=False,
    )
    kind = models.CharField(_("kind"), max_length=60)
    subject_key = models.CharField(_("about"), max_length=80)
    space_key = models.CharField(_("space"), max_length=80, blank=True)
    dedupe_key = models.CharField(max_length=200, unique=True)
    context = models.JSONField(default=dict)
    attachment = models.TextField(blank=True, help_text="An iCalendar text, or nothing.")
    is_secret = models.BooleanField(
        default=False,
        help_text="Holds a key: no page shows it, and it is forgotten once it is settled.",
    )
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=MessageState.choices,
        default=MessageState.PENDING,
    )
    digest = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="parts",
        help_text="The mail of the day in which it is told.",
    )
    send_after = models.DateTimeField(_("send after"))
    expires_at = models.DateTimeField(_("useful until"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.TextField(_("last error"), blank=True)
    created_at = models.DateTimeField(_("created"), default=now, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(
                fields=["send_after", "id"],
                condition=Q(state=MessageState.PENDING),
                name="message_pending_send_after",
            ),
            models.Index(
                # Most messages are in no digest, and their index need not grow with them.
                fields=["digest"],
                condition=Q(digest__isnull=False),
                name="message_digest",
            ),
            models.Index(fields=["subject_key"], name="message_subject_key"),
            models.Index(
                fields=["endpoint"],
                condition=Q(endpoint__isnull=False),
                name="message_endpoint",
            ),
            models.Index(fields=["space_key", "-created_at"], name="message_space_created_at"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(recipient__isnull=False) | ~Q(address=""),
                name="message_goes_somewhere",
            ),
            models.CheckConstraint(
                condition=~Q(channel=ChannelName.EMAIL) | Q(endpoint__isnull=True),
                name="message_by_mail_has_no_endpoint",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    @property
    def mark(self) -> str:
        """Always the same for the same message, so that a copy sent after a crash is known."""
        return hashlib.sha256(self.dedupe_key.encode()).hexdigest()[:32]

    @property
    def goes_to(self) -> str:
        """The e-mail address it is sent to."""
        if self.address or self.recipient is None:
            return self.address
        return self.recipient.email
