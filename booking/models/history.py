"""What was brought along of a space's past, so that it comes once and can be taken back."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from booking.history.instances import LONGEST_INSTANCE
from booking.models.reservation import Reservation
from booking.models.usage import UsageSession
from machines.models import Change, Fault
from members.models import Certification, Member
from spaces.models import Space


class HistoryImportQuerySet(models.QuerySet["HistoryImport"]):
    """Filters of imports of the past."""

    def to_be_undone(self, now: datetime) -> "HistoryImportQuerySet":
        """Those that a worker is to take back by `now`, in the order in which somebody asked."""
        waiting = self.filter(undone_at=None, undo_asked_at__lte=now)
        return waiting.order_by("undo_asked_at", "pk")


class HistoryImport(models.Model):
    """One act of bringing files of the past; `counts` says what became of their rows.

    `instance` is the fab-manager whose files they were, nothing for a log;
    `change` made the machines that were missing; `people` are those who got a row by it.
    `undo_asked_at` is since when it waits to be taken back by a worker; of what was tried, when it
    may be tried again. `undo_outcome` says how many rows are `gone` and `kept`, or it `failed`.
    """

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="history_imports")
    filename = models.CharField(_("file"), max_length=200)
    instance = models.CharField(
        _("fab-manager"), max_length=LONGEST_INSTANCE, blank=True, editable=False
    )
    counts = models.JSONField(default=dict)
    change = models.ForeignKey(
        Change, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    people = models.ManyToManyField(Member, blank=True, related_name="+")
    certifications = models.ManyToManyField(Certification, blank=True, related_name="+")
    made_at = models.DateTimeField(_("when"), default=now)
    made_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    undo_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    undo_attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    undo_outcome = models.JSONField(default=dict, editable=False)
    undone_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    undone_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = HistoryImportQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = _("import of the past")
        verbose_name_plural = _("imports of the past")

    def __str__(self) -> str:
        return self.filename

    @property
    def is_being_undone(self) -> bool:
        """Whether a worker takes it back, or soon will."""
        return self.undo_asked_at is not None and self.undone_at is None


class ImportedRow(models.Model):
    """A reservation, use or fault that came from elsewhere, by a key that no file changes."""

    history = models.ForeignKey(HistoryImport, on_delete=models.CASCADE, related_name="rows")
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    reservation = models.OneToOneField(
        Reservation, on_delete=models.CASCADE, null=True, blank=True, related_name="imported"
    )
    session = models.OneToOneField(
        UsageSession, on_delete=models.CASCADE, null=True, blank=True, related_name="imported"
    )
    fault = models.OneToOneField(
        Fault, on_delete=models.CASCADE, null=True, blank=True, related_name="imported"
    )

    class Meta:
        verbose_name = _("imported row")
        verbose_name_plural = _("imported rows")
        constraints = [
            models.UniqueConstraint(fields=["space", "key"], name="importedrow_once_per_space"),
            models.CheckConstraint(
                condition=Q(reservation__isnull=False, session=None, fault=None)
                | Q(reservation=None, session__isnull=False, fault=None)
                | Q(reservation=None, session=None, fault__isnull=False),
                name="importedrow_is_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return self.key
