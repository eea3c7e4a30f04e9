"""Who changed what of the machines of a space, and when."""

from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from machines.models.machine import Machine
from machines.states import ChangeKind
from members.models import Member
from spaces.models import Space


class Change(models.Model):
    """One act on machines of a space: a form that was saved, an import, a move.

    Rows are never changed. What takes an act back is an act itself, which names it in `undoes`.
    """

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(_("kind"), max_length=10, choices=ChangeKind.choices)
    note = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=8, help_text="In which descriptions are told.")
    made_at = models.DateTimeField(_("when"), default=now)
    made_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    undoes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="undone_by"
    )

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        indexes = [models.Index(fields=["space", "-made_at"], name="change_space_made_at")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.made_at:%Y-%m-%d %H:%M}"


class ChangedMachine(models.Model):
    """What an act changed of one machine: each field with what it said before and says since."""

    change = models.ForeignKey(Change, on_delete=models.CASCADE, related_name="lines")
    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="changes")
    is_new = models.BooleanField(default=False)
    values = models.JSONField(help_text="Field to [before, since], as machines.told says them.")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["change", "machine"], name="changedmachine_once_per_change"
            )
        ]

    def __str__(self) -> str:
        return f"{self.machine}: {', '.join(self.values)}"
