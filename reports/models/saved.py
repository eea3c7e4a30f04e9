"""Reports that are mailed every month to those who asked for them."""

from django.conf import settings
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from reports.states import Moving


class SavedReport(models.Model):
    """What is told of which scope, of which months, to whom.

    `scope` is the key of `lasting`, `options` are as in the address of the page. `asked_at` is
    when somebody last wanted it sent at once, until that was done.
    """

    name = models.CharField(_("name"), max_length=120)
    scope = models.CharField(max_length=160)
    options = models.CharField(max_length=200, blank=True)
    moving = models.PositiveSmallIntegerField(
        _("period"), choices=Moving.choices, default=Moving.MONTH
    )
    recipients = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        through="SavedReader",
        related_name="+",
        verbose_name=_("sent to"),
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="saved_reports",
    )
    created_at = models.DateTimeField(default=now, editable=False)
    asked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("saved report")
        verbose_name_plural = _("saved reports")
        indexes = [models.Index(fields=["scope"], name="savedreport_scope")]

    def __str__(self) -> str:
        return self.name

    @property
    def subject_key(self) -> str:
        """The key under which messages with this report are posted."""
        return f"saved_report:{self.pk}"


class SavedReader(models.Model):
    """Somebody to whom a saved report is sent.

    What was due until `after` they were told, or it was not for them: they joined later, were not
    allowed to read it when it went out, or its period is another one since.
    """

    saved = models.ForeignKey(SavedReport, on_delete=models.CASCADE, related_name="readers")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    after = models.DateTimeField(default=now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["saved", "member"], name="savedreader_once")]

    def __str__(self) -> str:
        return f"{self.saved}, {self.member}"
