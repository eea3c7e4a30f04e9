"""The links of mails that were used."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.models import Message


class LinkUse(models.Model):
    """What a mail offered was done by one of its links: they work once."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="link_use")
    click = models.CharField(_("what was done"), max_length=20)
    used_at = models.DateTimeField(_("used"))

    class Meta:
        verbose_name = _("use of a link")
        verbose_name_plural = _("uses of links")

    def __str__(self) -> str:
        return f"{self.click} by {self.message}"
