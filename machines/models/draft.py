"""What is kept between the preview of a file and its import."""

from django.conf import settings
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from machines.states import FilePurpose
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


class ImportDraft(models.Model):
    """An uploaded file that waits for its preview to be confirmed."""

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(
        max_length=10, choices=FilePurpose.choices, default=FilePurpose.INVENTORY, editable=False
    )
    filename = models.CharField(max_length=200)
    content = models.BinaryField()
    columns = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0, help_text="How much is written so far.")
    total = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.filename
