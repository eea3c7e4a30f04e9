"""What happened to a fault, line by line, with the photos that came with it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from machines.models.fault import Fault
from machines.states import FaultEvent, Severity


class FaultEntry(models.Model):
    """One line of what happened to a fault; whoever reported it sees what is shared.

    How it was judged then stays here when it is judged otherwise.
    """

    fault = models.ForeignKey(Fault, on_delete=models.CASCADE, related_name="entries")
    event = models.CharField(_("what happened"), max_length=10, choices=FaultEvent.choices)
    text = models.TextField(_("words"), max_length=1000, blank=True)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity.choices, blank=True)
    stops_machine = models.BooleanField(_("the machine cannot be used"), null=True, blank=True)
    expected_at = models.DateTimeField(_("expected to be mended"), null=True, blank=True)
    is_shared = models.BooleanField(_("whoever reported it is told"), default=True)
    created_at = models.DateTimeField(_("written"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("entry of a fault")
        verbose_name_plural = _("entries of faults")

    def __str__(self) -> str:
        return f"{self.get_event_display()}: {self.text}"


class FaultPhoto(models.Model):
    """What was seen, with the entry with which it came; for the staff and for who reported it."""

    entry = models.ForeignKey(FaultEntry, on_delete=models.CASCADE, related_name="photos")
    file = models.ImageField(_("photo"), upload_to="faults")

    class Meta:
        ordering = ["pk"]
        verbose_name = _("photo of a fault")
        verbose_name_plural = _("photos of faults")

    def __str__(self) -> str:
        return self.file.name or ""
