"""Who may certify others."""

from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from members.models.certification import Skill
from members.models.member import Member
from spaces.models import Space


class GrantingRightQuerySet(models.QuerySet["GrantingRight"]):
    """Filters of rights to certify."""

    def standing(self) -> "GrantingRightQuerySet":
        """Rights that nobody has taken back."""
        return self.filter(revoked_at=None)


class GrantingRight(models.Model):
    """The right of a member to certify others in a skill, for a space; rows are history."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="granting_rights")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="granting_rights")
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="granting_rights")
    granted_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("granted"), default=now, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = GrantingRightQuerySet.as_manager()

    class Meta:
        verbose_name = _("right to certify")
        verbose_name_plural = _("rights to certify")
        constraints = [
            models.UniqueConstraint(
                fields=["member", "skill", "space"],
                condition=Q(revoked_at=None),
                name="grantingright_held_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.skill}, {self.space}"
