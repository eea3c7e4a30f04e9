"""What people identify themselves with where they cannot sign in: a badge and a PIN."""

from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from members.models.member import Member
from spaces.models import Space


def counting_in(space: Space) -> Q:
    """What counts in `space`: what is the member's own, and what its staff has given."""
    return Q(space=None) | Q(space=space)


class BadgeQuerySet(models.QuerySet["Badge"]):
    """Filters of badges."""

    def standing(self) -> "BadgeQuerySet":
        """Badges that nobody has revoked, of people who may come."""
        return self.filter(revoked_at=None, member__is_active=True)

    def counting_in(self, space: Space) -> "BadgeQuerySet":
        """Badges that open something in `space`."""
        return self.filter(counting_in(space))


class Badge(models.Model):
    """A card or tag with a number of its own; only a keyed digest of the number is kept.

    With a `space` its staff has given it, and it counts there only, until its member confirms it.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="badges")
    space = models.ForeignKey(
        Space, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    name = models.CharField(_("name"), max_length=80, blank=True)
    digest = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(_("created"), default=now, editable=False)
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    objects = BadgeQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("badge")
        verbose_name_plural = _("badges")
        constraints = [
            models.UniqueConstraint(
                fields=["digest"],
                condition=models.Q(revoked_at=None),
                name="badge_of_one_member",
            )
        ]

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"


class PinQuerySet(models.QuerySet["Pin"]):
    """Filters of PINs."""

    def counting_in(self, space: Space) -> "PinQuerySet":
        """PINs that open something in `space`."""
        return self.filter(counting_in(space))


class Pin(models.Model):
    """The secret number that goes with the badges of a member; hashed as passwords are.

    With a `space` it was typed in front of its staff, and counts there only, until its member
    sets another one.
    """

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="pin")
    space = models.ForeignKey(
        Space, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    digest = models.CharField(max_length=128, editable=False)
    failures = models.PositiveSmallIntegerField(default=0, editable=False)
    locked_until = models.DateTimeField(null=True, blank=True, editable=False)
    changed_at = models.DateTimeField(_("changed"), default=now, editable=False)

    objects = PinQuerySet.as_manager()

    class Meta:
        verbose_name = _("PIN")
        verbose_name_plural = _("PINs")

    def __str__(self) -> str:
        return str(self.member)
