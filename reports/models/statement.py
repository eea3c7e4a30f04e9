"""What a company shows to others: that it used machines, as the space wrote it down."""

import hashlib
import json
import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models import Company, Member
from spaces.models import Space

LONGEST_REASON = 200


class Statement(models.Model):
    """A proof of use as it was issued, at an address that nobody can guess; it never changes.

    Who issued it may withdraw it: then it says so, and nothing else. `edition` is 1 for those of
    which the digest does not say for which space they are.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="statements")
    space = models.ForeignKey(
        Space, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    first_date = models.DateField(_("first day"))
    last_date = models.DateField(_("last day"))
    project = models.CharField(_("project"), max_length=200, blank=True)
    content = models.JSONField()
    issued_at = models.DateTimeField(_("issued"))
    issued_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    edition = models.PositiveSmallIntegerField(default=2, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    withdrawn_because = models.CharField(_("why"), max_length=LONGEST_REASON, blank=True)

    class Meta:
        ordering = ["-issued_at"]
        verbose_name = _("proof of use")
        verbose_name_plural = _("proofs of use")
        constraints = [
            models.CheckConstraint(
                condition=Q(last_date__gte=F("first_date")), name="statement_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return f"{self.company}, {self.first_date} – {self.last_date}"

    @property
    def digest(self) -> str:
        """The SHA-256 of what it says: on paper, it tells whether a copy is the whole truth."""
        said = [
            str(self.key),
            self.company_id,
            self.first_date.isoformat(),
            self.last_date.isoformat(),
            self.project,
            self.content,
            self.issued_at.isoformat(),
        ]
        if self.edition > 1:
            said.append(self.space_id)
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
