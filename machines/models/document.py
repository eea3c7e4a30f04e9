"""Manuals and sheets: the commons that comes with a machine."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from machines.models.machine import Machine


class Document(models.Model):
    """A manual, a safety sheet or a recipe, kept here or linked, under a named licence."""

    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="documents")
    title = models.CharField(_("title"), max_length=120)
    url = models.URLField(_("link"), blank=True)
    file = models.FileField(_("file"), upload_to="documents", blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    version = models.CharField(_("version"), max_length=20, blank=True)
    licence = models.CharField(_("licence"), max_length=60)

    class Meta:
        ordering = ["title"]
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.CheckConstraint(condition=~Q(url="", file=""), name="document_is_linked_or_kept")
        ]

    def __str__(self) -> str:
        return self.title
