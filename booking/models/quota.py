"""How much a member or company may hold or use per window."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from booking.states import HoursCounted, QuotaAccount, QuotaScope, QuotaWindow
from machines.models import Category, Machine, Pool
from members.models import Company
from spaces.models import Space
from spaces.weekdays import weekdays_field


class Quota(models.Model):
    """One limit of a space, on hours or on a number of reservations.

    Without `machine`, `pool` or `category` the scope means each of its kind on its own account:
    4 h a day on any one machine. Without `company` it means each company on its own account.
    """

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="quotas")
    account = models.CharField(_("whose use"), max_length=10, choices=QuotaAccount.choices)
    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, null=True, blank=True, related_name="quotas"
    )
    scope = models.CharField(_("on what"), max_length=10, choices=QuotaScope.choices)
    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, null=True, blank=True)
    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, null=True, blank=True)
    category = models.ForeignKey(Category, on_delete=models.CASCADE, null=True, blank=True)
    duration = models.DurationField(_("time"), null=True, blank=True)
    count = models.PositiveSmallIntegerField(_("number of reservations"), null=True, blank=True)
    window = models.CharField(_("in"), max_length=10, choices=QuotaWindow.choices)
    days = models.PositiveSmallIntegerField(
        _("days in a row"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
    )
    hours_counted = models.CharField(
        _("hours that count"),
        max_length=10,
        choices=HoursCounted.choices,
        default=HoursCounted.ALL,
    )
    weekdays = weekdays_field()
    start_time = models.TimeField(_("from"), null=True, blank=True)
    end_time = models.TimeField(_("until"), null=True, blank=True)
    last_minute = models.DurationField(
        _("last minute"),
        null=True,
        blank=True,
        help_text=_("What is reserved this shortly before its start counts nothing."),
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        constraints = [
            models.CheckConstraint(
                condition=Q(duration=None, count__isnull=False)
                | Q(duration__isnull=False, count=None),
                name="quota_of_duration_or_count",
            ),
            models.CheckConstraint(
                condition=Q(window=QuotaWindow.ROLLING, days__gte=1)
                | (~Q(window=QuotaWindow.ROLLING) & Q(days=None)),
                name="quota_days_where_rolling",
            ),
            models.CheckConstraint(
                condition=Q(hours_counted=HoursCounted.ALL)
                | Q(start_time__isnull=False, end_time__isnull=False),
                name="quota_hours_where_counted",
            ),
            models.CheckConstraint(
                condition=(Q(machine=None) | Q(scope=QuotaScope.MACHINE))
                & (Q(pool=None) | Q(scope=QuotaScope.POOL))
                & (Q(category=None) | Q(scope=QuotaScope.CATEGORY)),
                name="quota_target_fits_scope",
            ),
            models.CheckConstraint(
                condition=Q(company=None) | Q(account=QuotaAccount.COMPANY),
                name="quota_company_where_companies",
            ),
        ]

    def __str__(self) -> str:
        amount = self.duration if self.count is None else self.count
        return f"{self.space}: {amount} / {self.get_window_display()}"
