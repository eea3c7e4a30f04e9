"""What must be learned before a machine may be used, and who has learned it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models.member import Member


class Skill(models.Model):
    """Something to learn, such as the safe use of a laser cutter."""

    slug = models.SlugField(_("address"), unique=True)
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        ordering = ["name"]
        verbose_name = _("skill")
        verbose_name_plural = _("skills")

    def __str__(self) -> str:
        return self.name


class CertificationQuerySet(models.QuerySet["Certification"]):
    """Filters of certifications."""

    def standing(self) -> "CertificationQuerySet":
        """Certifications that nobody has revoked, whatever their dates."""
        return self.filter(revoked_at=None)


class Certification(models.Model):
    """Proof that a member has a skill; both dates are included, rows are never deleted."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="certifications")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="certifications")
    start_date = models.DateField(_("first day"))
    end_date = models.DateField(_("last day"), null=True, blank=True)
    granted_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="granted"
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = CertificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("certification")
        verbose_name_plural = _("certifications")
        constraints = [
            models.CheckConstraint(
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
                name="certification_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.skill}"
