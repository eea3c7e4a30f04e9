"""What a company has agreed with a space: hours included, and times kept for it."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    BigIntegerRangeField,
    DateRangeField,
    RangeBoundary,
    RangeOperators,
)
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from billing.states import ContractPeriod
from machines.models import Machine, Pool
from members.models import Company, Member
from spaces.models import Space
from spaces.weekdays import weekdays_field


def _only(field: str) -> Func:
    """One row's id as a range, so that the constraint needs no extension of PostgreSQL."""
    return Func(
        F(field),
        F(field),
        Value("[]"),
        function="int8range",
        output_field=BigIntegerRangeField(),
    )


class Contract(models.Model):
    """The agreement of a company with a space; both dates are included.

    Without `included_minutes` any number of hours is included. What was used is never kept here:
    it is the sum of the entries.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="contracts")
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="contracts")
    start_date = models.DateField(_("from"))
    end_date = models.DateField(_("until"), null=True, blank=True)
    included_minutes = models.PositiveIntegerField(_("minutes included"), null=True, blank=True)
    period = models.CharField(
        _("included in"),
        max_length=10,
        choices=ContractPeriod.choices,
        default=ContractPeriod.MONTH,
    )
    horizon_days = models.PositiveSmallIntegerField(
        _("most days ahead"), null=True, blank=True, validators=[MaxValueValidator(1000)]
    )
    reference = models.CharField(_("reference"), max_length=80, blank=True)

    class Meta:
        ordering = ["-start_date"]
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        constraints = [
            ExclusionConstraint(
                name="contract_one_at_a_time",
                expressions=[
                    (_only("company"), RangeOperators.OVERLAPS),
                    (_only("space"), RangeOperators.OVERLAPS),
                    (
                        Func(
                            F("start_date"),
                            F("end_date"),
                            RangeBoundary(inclusive_upper=True),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("The company has another contract in this time."),
            ),
            models.CheckConstraint(
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")),
                name="contract_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company}, {self.space}: {self.start_date:%Y-%m-%d}"


class ContractEntry(models.Model):
    """Minutes taken from a contract in one month, or given back; entries are never changed.

    `subject_key` names what took them, as in messages. The month counts in the zone of the space.
    """

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="entries")
    month = models.DateField(_("month"))
    minutes = models.IntegerField(_("minutes"))
    subject_key = models.CharField(max_length=80)
    created_at = models.DateTimeField(_("entered"), default=now, editable=False)
    created_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("entry of a contract")
        verbose_name_plural = _("entries of contracts")
        indexes = [
            models.Index(
                fields=["contract", "month"], include=["minutes"], name="contractentry_month"
            ),
            models.Index(fields=["subject_key"], name="contractentry_subject"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(minutes=0), name="contractentry_not_zero"),
            models.CheckConstraint(condition=Q(month__day=1), name="contractentry_of_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.contract}: {self.minutes:+d} min"


class GuaranteedWindow(models.Model):
    """Hours of the week kept for a company, until `release_days` before each date.

    Wall times of the space; an end that is not after the start means the next day. It holds as
    long as its contract, or until `end_date`, which is included.
    """

    contract = models.ForeignKey(
        Contract, on_delete=models.CASCADE, related_name="guaranteed_windows"
    )
    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, null=True, blank=True)
    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, null=True, blank=True)
    weekdays = weekdays_field()
    start_time = models.TimeField(_("from"))
    end_time = models.TimeField(_("until"))
    release_days = models.PositiveSmallIntegerField(
        _("released days before"), default=2, validators=[MaxValueValidator(60)]
    )
    end_date = models.DateField(_("last day"), null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("guaranteed window")
        verbose_name_plural = _("guaranteed windows")
        constraints = [
            models.CheckConstraint(
                condition=Q(machine=None, pool__isnull=False) | Q(machine__isnull=False, pool=None),
                name="guaranteedwindow_of_a_machine_or_a_pool",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract}: {self.start_time:%H:%M}–{self.end_time:%H:%M}"
