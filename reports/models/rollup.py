"""The rollup: seconds of each machine by local date and hour, from which every figure comes.

Rows are rebuilt from the log, never edited, and known by what they are about: no row of any other
table points at one. Nothing but the rebuild writes them, so the database is not asked whether the
machine of each row exists, which would cost more than the row.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from machines.models import Category, Machine, Pool
from members.models import Company
from spaces.models import Space


class Sums(models.Model):
    """Whole seconds of every measure, and what is counted (METRICS, the rollup).

    Columns named `…_assumed` tell what their figure loses when assumed use is left out.
    """

    calendar = models.IntegerField(default=0)
    opening = models.IntegerField(default=0)
    maintenance = models.IntegerField(default=0)
    down = models.IntegerField(default=0)
    booked = models.IntegerField(default=0)
    occupied = models.IntegerField(default=0)
    no_show = models.IntegerField(default=0)
    released = models.IntegerField(default=0)
    late_cancelled = models.IntegerField(default=0)
    used = models.IntegerField(default=0)
    used_outside = models.IntegerField(default=0)
    used_in_booking = models.IntegerField(default=0)
    walk_in = models.IntegerField(default=0)
    used_kiosk = models.IntegerField(default=0)
    used_api = models.IntegerField(default=0)
    used_staff = models.IntegerField(default=0)
    used_meter = models.IntegerField(default=0)
    used_import = models.IntegerField(default=0)
    used_assumed = models.IntegerField(default=0)
    used_outside_assumed = models.IntegerField(default=0)
    used_in_booking_assumed = models.IntegerField(default=0)
    used_in_no_show = models.IntegerField(default=0)
    working = models.IntegerField(default=0)
    used_metered = models.IntegerField(default=0)
    working_assumed = models.IntegerField(default=0)
    used_metered_assumed = models.IntegerField(default=0)
    due_count = models.IntegerField(default=0)
    no_show_count = models.IntegerField(default=0)
    failure_count = models.IntegerField(default=0)

    class Meta:
        abstract = True


class SumsByAudience(Sums):
    """The same, and for whom the machine was booked and used."""

    booked_by_company = models.IntegerField(default=0)
    booked_by_maker = models.IntegerField(default=0)
    booked_by_staff = models.IntegerField(default=0)
    booked_by_nobody = models.IntegerField(default=0)
    used_by_company = models.IntegerField(default=0)
    used_by_maker = models.IntegerField(default=0)
    used_by_staff = models.IntegerField(default=0)
    used_by_nobody = models.IntegerField(default=0)
    used_by_company_assumed = models.IntegerField(default=0)
    used_by_maker_assumed = models.IntegerField(default=0)
    used_by_staff_assumed = models.IntegerField(default=0)
    used_by_nobody_assumed = models.IntegerField(default=0)

    class Meta(Sums.Meta):
        abstract = True


class UsageHour(Sums):
    """One local hour of one machine; hour 2 of the October night holds 7,200 s."""

    pk = models.CompositePrimaryKey("machine_id", "date", "hour")
    machine = models.ForeignKey(
        Machine, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    date = models.DateField()
    hour = models.SmallIntegerField()

    def __str__(self) -> str:
        return f"{self.machine_id} {self.date} {self.hour:02d}"


class UsageDay(SumsByAudience):
    """One local date of one machine: the sum of its hours."""

    pk = models.CompositePrimaryKey("machine_id", "date")
    machine = models.ForeignKey(
        Machine, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    date = models.DateField()

    def __str__(self) -> str:
        return f"{self.machine_id} {self.date}"


class UsageMonth(SumsByAudience):
    """One month of one machine: the sum of its days.

    `leads` are the seconds from making a reservation to its start, in order, four bytes each, the
    highest first: a median over many machines is found by searching in them.
    """

    pk = models.CompositePrimaryKey("machine_id", "month")
    machine = models.ForeignKey(
        Machine, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    month = models.DateField(help_text="Its first day.")
    leads = models.BinaryField(default=b"")

    def __str__(self) -> str:
        return f"{self.machine_id} {self.month:%Y-%m}"


class CompanyHour(Sums):
    """What was booked and used for one company on one machine in one local hour.

    There are rows of hours in which there was anything only.
    """

    pk = models.CompositePrimaryKey("machine_id", "date", "hour", "company_id")
    machine = models.ForeignKey(
        Machine, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    date = models.DateField()
    hour = models.SmallIntegerField()
    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )

    class Meta(Sums.Meta):
        indexes = [models.Index(fields=["company", "date"], name="companyhour_company_date")]

    def __str__(self) -> str:
        return f"{self.machine_id} {self.date} {self.hour:02d}, {self.company_id}"


class FreeTime(models.Model):
    """When one machine was open on one local date, and busy or free while it could be used.

    Pairs of seconds since the date began, four bytes each, the highest first: what the saturation
    of a group is made of, without reading the log of its other machines again.
    """

    pk = models.CompositePrimaryKey("machine_id", "date")
    machine = models.ForeignKey(
        Machine, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    date = models.DateField()
    opened = models.BinaryField()
    busy = models.BinaryField()
    free = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.machine_id} {self.date}"


class Counted(models.Model):
    """From which local date on a machine is counted, unless its log tells of something before.

    Written once, when the rollup first sees the machine, and kept when all else is thrown away.
    What still lasts on the machine was marked up to `seen_on`.
    """

    machine = models.OneToOneField(
        Machine, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    since = models.DateField()
    seen_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.machine_id} since {self.since}"


class UsageGroup(models.Model):
    """The machines of a pool, or of a category in one space, as its rows below add them up."""

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.CASCADE, null=True, related_name="+")
    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, null=True, related_name="+")
    machines = ArrayField(models.BigIntegerField())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["space", "category"],
                condition=Q(pool=None),
                name="usagegroup_once_per_category",
            ),
            models.UniqueConstraint(fields=["pool"], name="usagegroup_once_per_pool"),
            models.CheckConstraint(
                condition=Q(category=None) ^ Q(pool=None),
                name="usagegroup_of_a_category_or_a_pool",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category or self.pool}, {self.space}"


class SaturatedHour(models.Model):
    """One local hour of a group: when any of its machines was open, and when all were busy.

    Saturated is the time in which some could be used, and none of those was free.
    """

    pk = models.CompositePrimaryKey("group_id", "date", "hour")
    group = models.ForeignKey(
        UsageGroup, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    date = models.DateField()
    hour = models.SmallIntegerField()
    opened = models.IntegerField()
    saturated = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.group_id} {self.date} {self.hour:02d}"


class GroupWeek(models.Model):
    """The hours of one month of a group, added up by weekday and local hour."""

    pk = models.CompositePrimaryKey("group_id", "month", "weekday", "hour")
    group = models.ForeignKey(
        UsageGroup, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    month = models.DateField(help_text="Its first day.")
    weekday = models.SmallIntegerField(help_text="0 is Monday.")
    hour = models.SmallIntegerField()
    opening = models.IntegerField()
    maintenance = models.IntegerField()
    down = models.IntegerField()
    booked = models.IntegerField()
    used = models.IntegerField()
    used_assumed = models.IntegerField()
    opened = models.IntegerField()
    saturated = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.group_id} {self.month:%Y-%m} {self.weekday} {self.hour:02d}"
