"""What must be learned before a machine may be used, and who has learned it."""

import uuid

from django.contrib.postgres.expressions import ArraySubquery
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from members.models.member import Member
from members.models.recognition import Recognition
from members.states import LONGEST_VALIDITY
from spaces.models import Space

MONTHS = (MinValueValidator(1), MaxValueValidator(LONGEST_VALIDITY))


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


class SkillTerms(models.Model):
    """What a space teaches of a skill, and how long the certifications last that it grants."""

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="skill_terms")
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="terms")
    criteria = models.TextField(_("what it takes"), max_length=2000, blank=True)
    validity_months = models.PositiveSmallIntegerField(
        _("months it is valid"), null=True, blank=True, validators=MONTHS
    )
    disuse_months = models.PositiveSmallIntegerField(
        _("months without use"), null=True, blank=True, validators=MONTHS
    )

    class Meta:
        verbose_name = _("terms of a skill")
        verbose_name_plural = _("terms of skills")
        constraints = [
            models.UniqueConstraint(fields=["space", "skill"], name="skillterms_once_per_space")
        ]

    def __str__(self) -> str:
        return f"{self.skill}, {self.space}"


class CertificationQuerySet(models.QuerySet["Certification"]):
    """Filters of certifications."""

    def standing(self) -> "CertificationQuerySet":
        """Certifications that nobody has revoked, whatever their dates."""
        return self.filter(revoked_at=None)

    def counting_in(self, space: Space) -> "CertificationQuerySet":
        """Those that count in `space`: of no space, of its own, of those that it recognises."""
        return self.filter(counts_in(space.pk))

    def with_recognising(self) -> "CertificationQuerySet":
        """Each with `recognised_in`, the ids of the spaces that count it as if it were theirs."""
        recognising = Recognition.objects.filter(
            Q(granted_in=None) | Q(granted_in=OuterRef("space"))
        )
        return self.annotate(recognised_in=ArraySubquery(recognising.values("space")))


class Certification(models.Model):
    """Proof that a member has a skill; both dates are included.

    Without a `space` it counts everywhere. Rows are history: the database deletes none, moves
    `end_date` forward only, and lets a certification be revoked once. `expiry_date` is the last
    day by the calendar; `end_date` may come before it, and follows use, where there are
    `disuse_months`.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="certifications")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="certifications")
    space = models.ForeignKey(
        Space, on_delete=models.PROTECT, null=True, blank=True, related_name="certifications"
    )
    start_date = models.DateField(_("first day"))
    end_date = models.DateField(_("last day"), null=True, blank=True)
    expiry_date = models.DateField(
        _("last day, however much it is used"), null=True, blank=True, editable=False
    )
    disuse_months = models.PositiveSmallIntegerField(
        _("months without use"), null=True, blank=True, editable=False
    )
    granted_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="granted"
    )
    created_at = models.DateTimeField(_("granted"), default=now, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoke_reason = models.CharField(_("reason"), max_length=300, blank=True)
    shows_name = models.BooleanField(_("the certificate shows my name"), default=False)

    objects = CertificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("certification")
        verbose_name_plural = _("certifications")
        constraints = [
            models.CheckConstraint(
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
                name="certification_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(expiry_date=None) | Q(end_date__lte=F("expiry_date")),
                name="certification_ends_by_expiry",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.skill}"


def counts_in(space: int | str, path: str = "") -> Q:
    """Whether the certification behind `path` counts in a space: its id, or the path to it."""
    recognising = OuterRef(space) if isinstance(space, str) else space
    recognised = Recognition.objects.filter(
        Q(granted_in=None) | Q(granted_in=OuterRef(f"{path}space")), space=recognising
    )
    return (
        Q(**{f"{path}space": None})
        | Q(**{f"{path}space": F(space) if isinstance(space, str) else space})
        | Q(Exists(recognised))
    )
