"""Calendars that programs follow: private addresses, each of one member and about one thing."""

from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from booking.states import FeedKind
from machines.models import Machine
from members.models import Company, Member
from spaces.models import Space


class FeedQuerySet(models.QuerySet["Feed"]):
    """Filters of feeds."""

    def standing(self) -> "FeedQuerySet":
        """Those whose address was not revoked."""
        return self.filter(revoked_at=None)


class Feed(models.Model):
    """An address at which calendar programs read what its owner may know, as long as they may.

    Of the token in the address only the digest is kept, and the `hint` that it begins with, by
    which its owner knows it again. `mark` stands for what was read there last, and `changed_at`
    says since when that has been so.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="feeds")
    kind = models.CharField(_("kind"), max_length=10, choices=FeedKind.choices)
    machine = models.ForeignKey(
        Machine, on_delete=models.CASCADE, null=True, blank=True, related_name="feeds"
    )
    space = models.ForeignKey(
        Space, on_delete=models.CASCADE, null=True, blank=True, related_name="feeds"
    )
    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, null=True, blank=True, related_name="feeds"
    )
    name = models.CharField(_("name"), max_length=80, blank=True)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(_("begins with"), max_length=8, editable=False)
    created_at = models.DateTimeField(_("created"), default=now, editable=False)
    last_read_at = models.DateTimeField(_("last read"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    mark = models.CharField(max_length=64, blank=True, editable=False)
    changed_at = models.DateTimeField(default=now, editable=False)

    objects = FeedQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=FeedKind.MINE, machine=None, space=None, company=None)
                | Q(kind=FeedKind.MACHINE, machine__isnull=False, space=None, company=None)
                | Q(
                    kind__in=[FeedKind.SPACE, FeedKind.DUTY],
                    machine=None,
                    space__isnull=False,
                    company=None,
                )
                | Q(kind=FeedKind.COMPANY, machine=None, space=None, company__isnull=False),
                name="feed_has_what_its_kind_is_about",
            )
        ]

    def __str__(self) -> str:
        if self.machine is not None:
            return f"{self.machine.name}, {self.machine.space.name}"
        if self.company is not None:
            return self.company.name
        if self.space is None:
            return gettext("My reservations")
        if self.kind == FeedKind.DUTY:
            return gettext("Staffed hours of %(space)s") % {"space": self.space.name}
        return gettext("All machines of %(space)s") % {"space": self.space.name}

    @property
    def about(self) -> str:
        """What it is about, as a form or an address names it: `mine`, `machine:7`."""
        target = self.machine or self.space or self.company
        return f"{self.kind}:{target.pk}" if target is not None else self.kind
