"""What members say about the messages that they get."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Preference(models.Model):
    """What one member wants to be told, when and how; who has no row wants what is usual.

    `muted` names groups (notifications/kinds.py). The hours are those of the member's clock, and
    of the space's where the member names none.
    """

    member = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="preference",
    )
    muted = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    digest_time = models.TimeField(
        _("mail of the day"), null=True, blank=True, help_text=_("Empty: each message by itself.")
    )
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    wants_calendar = models.BooleanField(_("calendar files"), default=True)

    class Meta:
        verbose_name = _("choice of messages")
        verbose_name_plural = _("choices of messages")
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False)
                & ~Q(quiet_from=F("quiet_until")),
                name="preference_quiet_hours_whole",
            )
        ]

    def __str__(self) -> str:
        return str(self.member)
