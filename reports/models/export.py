"""Files that take long: asked for by a member, made by a worker, kept for some days."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from reports.states import Content, ExportState, Format

KEPT = timedelta(days=7)
"""How long a file can be fetched."""

FOLDER = "exports"
"""Where the files lie in the store."""


def new_key() -> str:
    """What stands in the name of a file, so that nobody can guess it."""
    return secrets.token_hex(16)


class ExportQuerySet(models.QuerySet["Export"]):
    """Filters of exports."""

    def waiting(self) -> "ExportQuerySet":
        """Those that are still to be made, the oldest first."""
        return self.filter(state=ExportState.WAITING).order_by("created_at", "pk")

    def out_of_date(self, now: datetime) -> "ExportQuerySet":
        """Those that are kept no longer."""
        return self.filter(created_at__lte=now - KEPT)


class Export(models.Model):
    """One file for one member; `query` is that of the page whose figures it holds.

    Once it is made, `query` names the parts of many spaces that it shows, each as `part`.

    A worker that is killed leaves it waiting, and the next one makes it anew under the same name.
    """

    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exports"
    )
    content = models.CharField(_("content"), max_length=10, choices=Content.choices)
    format = models.CharField(_("format"), max_length=5, choices=Format.choices)
    query = models.TextField()
    title = models.CharField(max_length=200)
    filename = models.CharField(max_length=150)
    language = models.CharField(max_length=8)
    state = models.CharField(max_length=8, choices=ExportState.choices, default=ExportState.WAITING)
    done = models.PositiveIntegerField(default=0, help_text="How many rows are written so far.")
    total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    created_at = models.DateTimeField(default=now, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        indexes = [
            models.Index(
                fields=["created_at", "id"],
                condition=models.Q(state=ExportState.WAITING),
                name="export_waiting",
            )
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def subject_key(self) -> str:
        """The key under which messages about this file are posted."""
        return f"export:{self.pk}"

    @property
    def path(self) -> str:
        """Where the file lies in the store, which no address leads into."""
        return f"{FOLDER}/{self.key}.{self.format}"

    @property
    def kept_until(self) -> datetime:
        """When the file is thrown away."""
        return self.created_at + KEPT

    @property
    def is_ready(self) -> bool:
        """Whether it can be fetched."""
        return self.state == ExportState.READY

    @property
    def is_waiting(self) -> bool:
        """Whether it is still being made."""
        return self.state == ExportState.WAITING
