"""Companies that use the spaces as their workshop, and the people who act for them."""

from django.db import models
from django.db.models.functions import Lower
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from members.models.member import Member
from members.states import BOOKING, DelegateKind


class Company(models.Model):
    """An organisation for which members reserve machines."""

    slug = models.SlugField(_("address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    members = models.ManyToManyField(Member, through="Delegate", related_name="companies")

    class Meta:
        ordering = ["name"]
        verbose_name = _("company")
        verbose_name_plural = _("companies")

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """An e-mail address whose owner is asked to act for a company.

    Whether there is an account of that address, nobody learns before its owner accepts.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    kind = models.CharField(_("kind"), max_length=10, choices=DelegateKind.choices)
    created_at = models.DateTimeField(_("created"), default=now, editable=False)
    created_by = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["pk"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint("company", Lower("email"), name="invitation_once_per_company")
        ]

    def __str__(self) -> str:
        return f"{self.email}, {self.company}"


class DelegateQuerySet(models.QuerySet["Delegate"]):
    """Filters of delegates."""

    def booking(self) -> "DelegateQuerySet":
        """Those who may reserve in the name of their company."""
        return self.filter(kind__in=BOOKING, member__is_active=True)

    def administering(self) -> "DelegateQuerySet":
        """Those who may say who acts for their company."""
        return self.filter(kind=DelegateKind.ADMIN, member__is_active=True)


class Delegate(models.Model):
    """A person acting for a company."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="delegates")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="delegations")
    kind = models.CharField(_("kind"), max_length=10, choices=DelegateKind.choices)

    objects = DelegateQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegate")
        verbose_name_plural = _("delegates")
        constraints = [
            models.UniqueConstraint(fields=["company", "member"], name="delegate_once_per_company")
        ]

    def __str__(self) -> str:
        return f"{self.member}, {self.company}"
