"""Companies that use the spaces as their workshop, and the people who act for them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models.member import Member
from members.states import DelegateKind


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


class Delegate(models.Model):
    """A person acting for a company."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="delegates")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="delegations")
    kind = models.CharField(_("kind"), max_length=10, choices=DelegateKind.choices)

    class Meta:
        verbose_name = _("delegate")
        verbose_name_plural = _("delegates")
        constraints = [
            models.UniqueConstraint(fields=["company", "member"], name="delegate_once_per_company")
        ]

    def __str__(self) -> str:
        return f"{self.member}, {self.company}"
