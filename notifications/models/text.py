"""What a space says in its own words instead of the house's."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

LONGEST_SUBJECT = 200
LONGEST_TEXT = 8_000


class MessageTextQuerySet(models.QuerySet["MessageText"]):
    """Filters of texts."""

    def latest_each(self) -> "MessageTextQuerySet":
        """The last word on each kind and language of each space."""
        each = ("space_key", "kind", "language")
        return self.order_by(*each, "-pk").distinct(*each)


class MessageText(models.Model):
    """One change of the text of a kind of message, in one language, by one space.

    The latest row holds; the others are the history. Without a text the house's words hold again.
    """

    space_key = models.CharField(_("space"), max_length=80)
    kind = models.CharField(_("kind"), max_length=60)
    language = models.CharField(_("language"), max_length=8)
    subject = models.CharField(_("subject"), max_length=LONGEST_SUBJECT, blank=True)
    text = models.TextField(_("text"), blank=True, max_length=LONGEST_TEXT)
    changed_at = models.DateTimeField(_("changed"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("changed by"),
    )

    objects = MessageTextQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("text of a message")
        verbose_name_plural = _("texts of messages")
        indexes = [
            models.Index(fields=["space_key", "kind", "language", "-id"], name="messagetext_latest")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(subject="", text="") | ~Q(subject="") & ~Q(text=""),
                name="messagetext_whole_or_none",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.language})"
