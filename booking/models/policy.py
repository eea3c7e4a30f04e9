"""The rules that a space sets for a category, and where one machine differs."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from machines.models import Category, Machine
from spaces.models import Space


class Policy(models.Model):
    """The terms of one category in one space, or of one machine.

    An empty field of a machine's policy means that of its category; there it means the default
    in `booking.states`. `booking.queries.facts.terms_of` resolves this.
    """

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="policies")
    category = models.ForeignKey(Category, on_delete=models.CASCADE, null=True, blank=True)
    machine = models.OneToOneField(
        Machine, on_delete=models.CASCADE, null=True, blank=True, related_name="policy"
    )
    lead_time = models.DurationField(_("least time ahead"), null=True, blank=True)
    horizon_days = models.PositiveSmallIntegerField(
        _("most days ahead"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(1000)],
    )
    shortest = models.DurationField(_("shortest reservation"), null=True, blank=True)
    longest = models.DurationField(_("longest reservation"), null=True, blank=True)
    grid = models.DurationField(_("grid"), null=True, blank=True)
    setup = models.DurationField(_("setup before"), null=True, blank=True)
    turnaround = models.DurationField(_("turnaround after"), null=True, blank=True)
    staff_needed = models.BooleanField(_("only while staff is there"), null=True, blank=True)
    membership_needed = models.BooleanField(_("for members of the space"), null=True, blank=True)
    early_check_in = models.DurationField(_("early check-in"), null=True, blank=True)
    grace_period = models.DurationField(_("grace period"), null=True, blank=True)
    cancellation_window = models.DurationField(_("free cancellation until"), null=True, blank=True)
    auto_close_after = models.DurationField(_("forgotten check-out after"), null=True, blank=True)

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        constraints = [
            models.UniqueConstraint(
                fields=["space", "category"],
                condition=Q(machine=None),
                name="policy_once_per_category",
            ),
            models.CheckConstraint(
                condition=Q(category=None, machine__isnull=False)
                | Q(category__isnull=False, machine=None),
                name="policy_is_of_a_category_or_a_machine",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.machine or self.category}, {self.space}"
