"""What is kept between the preview of a file and its import."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from machines.states import BEFORE_IMPORT, DraftState, FilePurpose
from spaces.models import Space


class ColumnMapping(models.Model):
    """How the headers of one kind of file are to be read, kept for the next time."""

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="column_mappings")
    purpose = models.CharField(
        max_length=10, choices=FilePurpose.choices, default=FilePurpose.INVENTORY, editable=False
    )
    headers = models.JSONField(help_text="The headers of the file, in order.")
    columns = models.JSONField(help_text="Header to field; of the past, how it is to be read.")

    class Meta:
        verbose_name = _("column mapping")
        verbose_name_plural = _("column mappings")
        constraints = [
            models.UniqueConstraint(
                fields=["space", "purpose", "headers"], name="columnmapping_headers_once"
            )
        ]

    def __str__(self) -> str:
        return ", ".join(self.headers)


class ImportDraftQuerySet(models.QuerySet["ImportDraft"]):
    """Filters of files that are brought."""

    def waiting(self, now: datetime) -> "ImportDraftQuerySet":
        """Those that a worker is to import by `now`, in the order in which somebody wanted it."""
        waiting = self.filter(state=DraftState.WAITING, asked_at__lte=now)
        return waiting.order_by("asked_at", "pk")


class ImportDraft(models.Model):
    """An uploaded file: its preview, its import by a worker, and what became of it.

    Who is killed while importing leaves it waiting, and nothing of it written. `outcome` holds
    `counts` of its rows by what became of them, the first `rejected` ones (line, column, cell, why)
    and how many there are, the `change` that it made, or the `problem` for which it was given up.
    `asked_at` is when somebody wanted it; of what was tried, when it may be tried again.
    """

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(
        max_length=10, choices=FilePurpose.choices, default=FilePurpose.INVENTORY, editable=False
    )
    filename = models.CharField(max_length=200)
    content = models.BinaryField()
    columns = models.JSONField(default=dict)
    state = models.CharField(
        max_length=8, choices=DraftState.choices, default=DraftState.OPEN, editable=False
    )
    good_rows_only = models.BooleanField(default=False)
    language = models.CharField(max_length=8, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    outcome = models.JSONField(default=dict)
    asked_at = models.DateTimeField(null=True, blank=True)
    done = models.PositiveIntegerField(default=0, help_text="How much is written so far.")
    total = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=now)

    objects = ImportDraftQuerySet.as_manager()

    def __str__(self) -> str:
        return self.filename

    @property
    def is_looked_at(self) -> bool:
        """Whether somebody may still say how it is read, and have it imported."""
        return self.state in BEFORE_IMPORT

    @property
    def is_waiting(self) -> bool:
        """Whether a worker imports it, or soon will."""
        return self.state == DraftState.WAITING

    @property
    def is_done(self) -> bool:
        """Whether it was imported."""
        return self.state == DraftState.DONE

    @property
    def is_refused(self) -> bool:
        """Whether nothing was written, because rows are rejected."""
        return self.state == DraftState.REFUSED
