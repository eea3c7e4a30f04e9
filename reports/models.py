"""The rollup: seconds of each machine by local date and hour, from which every figure comes."""

from django.db import models

from machines.models import Machine


class UsageHour(models.Model):
    """One local hour of one machine, in whole seconds (METRICS, the rollup).

    Hour 2 of the October night holds 7,200 s. Rows are rebuilt from the log, never edited.
    Columns named `…_assumed` tell what their figure loses when assumed use is left out.
    """

    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="+")
    date = models.DateField()
    hour = models.PositiveSmallIntegerField()
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
    working = models.IntegerField(default=0)
    used_metered = models.IntegerField(default=0)
    due_count = models.IntegerField(default=0)
    no_show_count = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["machine", "date", "hour"], name="usagehour_once_per_hour"
            )
        ]

    def __str__(self) -> str:
        return f"{self.machine_id} {self.date} {self.hour:02d}"
