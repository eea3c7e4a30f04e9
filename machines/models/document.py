"""Manuals and sheets: the commons that comes with a machine."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from machines.models.machine import Machine


class DocumentQuerySet(models.QuerySet["Document"]):
    """Filters of documents."""

    def current(self) -> "DocumentQuerySet":
        """Those that hold now: neither replaced by a newer version nor taken away."""
        return self.filter(ended_at=None)


class Document(models.Model):
    """A manual, a safety sheet or a recipe, kept here or linked, under a named licence.

    A new version is a new row that `replaces` the old one; nothing is deleted.
    """

    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="documents")
    title = models.CharField(_("title"), max_length=120)
    url = models.URLField(_("link"), blank=True)
    file = models.FileField(_("file"), upload_to="documents", blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    version = models.CharField(_("version"), max_length=20, blank=True)
    licence = models.CharField(_("licence"), max_length=60)
    is_restricted = models.BooleanField(
        _("for certified members only"),
        default=False,
        help_text=_("Only members with all skills of the machine, and staff, see and open it."),
    )
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    added_at = models.DateTimeField(_("added"), default=now)
    ended_at = models.DateTimeField(_("replaced or taken away"), null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.CheckConstraint(
                condition=~Q(url="", file=""), name="document_is_linked_or_kept"
            ),
            models.CheckConstraint(
                condition=Q(replaces=None) | ~Q(replaces=F("pk")), name="document_replaces_another"
            ),
        ]

    def __str__(self) -> str:
        return self.title
