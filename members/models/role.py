"""What ties a member to a space: the right to work there, and the membership."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models.member import Member
from members.states import RoleKind
from spaces.models import Space


class Role(models.Model):
    """What a member does for a space."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="roles")
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="roles")
    kind = models.CharField(_("kind"), max_length=10, choices=RoleKind.choices)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.UniqueConstraint(fields=["member", "space", "kind"], name="role_held_once")
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.get_kind_display()}, {self.space}"


class Membership(models.Model):
    """The time during which a member belongs to a space; both dates are included."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="memberships")
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="memberships")
    start_date = models.DateField(_("first day"))
    end_date = models.DateField(_("last day"), null=True, blank=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.CheckConstraint(
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
                name="membership_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return f"{self.member}, {self.space}"
