"""The rules that a space sets for a category, and where one machine differs."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from booking.states import MAX_BUFFER
from machines.models import Category, Machine
from members.states import Audience
from spaces.intervals import DAY
from spaces.models import Space
from spaces.weekdays import weekdays_field

MINUTE = timedelta(minutes=1)
NOT_NEGATIVE = MinValueValidator(timedelta(0), _("This must not be negative."))
BUFFER = [
    NOT_NEGATIVE,
    MaxValueValidator(MAX_BUFFER, _("Setup and turnaround last three days at most.")),
]


def divides_the_day(grid: timedelta) -> None:
    """Raise ValidationError unless whole steps make a day: they count from midnight."""
    if grid < MINUTE or DAY % grid:
        raise ValidationError(
            _("Whole steps must make a day: 5, 10, 15, 20 or 30 minutes, 1, 2, 3 or 4 hours.")
        )


DURATIONS = (
    "lead_time",
    "shortest",
    "longest",
    "setup",
    "turnaround",
    "approval_hold",
    "offer_hold",
    "early_check_in",
    "grace_period",
    "cancellation_window",
    "auto_close_after",
)


class Policy(models.Model):
    """The terms of one category in one space, or of one machine, for everybody or one audience.

    An empty field means that of the next policy in the order machine and audience, machine,
    category and audience, category; in the end it means the default in `booking.states`.
    `booking.queries.terms` resolves this.
    """

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="policies")
    category = models.ForeignKey(Category, on_delete=models.CASCADE, null=True, blank=True)
    machine = models.ForeignKey(
        Machine, on_delete=models.CASCADE, null=True, blank=True, related_name="policies"
    )
    audience = models.CharField(_("for"), max_length=10, choices=Audience.choices, blank=True)
    lead_time = models.DurationField(
        _("least time ahead"), null=True, blank=True, validators=[NOT_NEGATIVE]
    )
    horizon_days = models.PositiveSmallIntegerField(
        _("most days ahead"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(1000)],
    )
    shortest = models.DurationField(
        _("shortest reservation"), null=True, blank=True, validators=[NOT_NEGATIVE]
    )
    longest = models.DurationField(
        _("longest reservation"), null=True, blank=True, validators=[NOT_NEGATIVE]
    )
    grid = models.DurationField(_("grid"), null=True, blank=True, validators=[divides_the_day])
    setup = models.DurationField(_("setup before"), null=True, blank=True, validators=BUFFER)
    turnaround = models.DurationField(
        _("turnaround after"), null=True, blank=True, validators=BUFFER
    )
    staff_needed = models.BooleanField(_("only while staff is there"), null=True, blank=True)
    unattended_allowed = models.BooleanField(
        _("may run on while the space is closed"), null=True, blank=True
    )
    approval_needed = models.BooleanField(_("staff approves"), null=True, blank=True)
    approval_hold = models.DurationField(
        _("a request is kept for"), null=True, blank=True, validators=[NOT_NEGATIVE]
    )
    offer_hold = models.DurationField(
        _("an offer is kept for"), null=True, blank=True, validators=[NOT_NEGATIVE]
    )
    membership_needed = models.BooleanField(_("for members of the space"), null=True, blank=True)
    early_check_in = models.DurationField(
        _("early check-in"), null=True, blank=True, validators=[NOT_NEGATIVE]
    )
    grace_period = models.DurationField(
        _("grace period"), null=True, blank=True, validators=[NOT_NEGATIVE]
    )
    cancellation_window = models.DurationField(
        _("free cancellation until"), null=True, blank=True, validators=[NOT_NEGATIVE]
    )
    auto_close_after = models.DurationField(
        _("forgotten check-out after"), null=True, blank=True, validators=[NOT_NEGATIVE]
    )

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        constraints = [
            models.UniqueConstraint(
                fields=["space", "category", "audience"],
                condition=Q(machine=None),
                name="policy_once_per_category",
            ),
            models.UniqueConstraint(
                fields=["machine", "audience"],
                condition=Q(machine__isnull=False),
                name="policy_once_per_machine",
            ),
            models.CheckConstraint(
                condition=Q(category=None, machine__isnull=False)
                | Q(category__isnull=False, machine=None),
                name="policy_is_of_a_category_or_a_machine",
            ),
            models.CheckConstraint(
                condition=Q(grid__gt=timedelta(0)), name="policy_grid_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(**{f"{name}__gte": timedelta(0) for name in DURATIONS}),
                name="policy_durations_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(setup__lte=MAX_BUFFER, turnaround__lte=MAX_BUFFER),
                name="policy_buffers_leave_time",
            ),
            models.CheckConstraint(
                condition=Q(shortest__lte=F("longest")),
                name="policy_shortest_within_longest",
                violation_error_message=_("The shortest must not be longer than the longest."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.machine or self.category}, {self.space}"


class AllowedHours(models.Model):
    """Hours of the week to which a policy keeps its audience; without any, all are allowed.

    Wall times of the space; an end that is not after the start means the next day.
    """

    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="allowed_hours")
    weekdays = weekdays_field()
    start_time = models.TimeField(_("from"))
    end_time = models.TimeField(_("until"))

    class Meta:
        ordering = ["pk"]
        verbose_name = _("allowed hours")
        verbose_name_plural = _("allowed hours")

    def __str__(self) -> str:
        return f"{self.start_time:%H:%M}–{self.end_time:%H:%M}"
