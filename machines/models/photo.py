"""What a machine looks like."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from machines.models.machine import Machine


class Photo(models.Model):
    """A photo of a machine in two sizes, with what it shows in words; the first is the cover."""

    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="photos")
    position = models.PositiveSmallIntegerField(default=0)
    file = models.FileField(_("photo"), upload_to="machines")
    small = models.FileField(_("small photo"), upload_to="machines")
    alt = models.CharField(_("what the photo shows"), max_length=200, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("photo")
        verbose_name_plural = _("photos")

    def __str__(self) -> str:
        return self.alt
