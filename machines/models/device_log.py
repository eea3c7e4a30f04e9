"""The log of what devices told, and the runs that follow from it."""

from datetime import datetime

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from machines.metering.states import EventKind, RunSource
from machines.models.device import Device
from machines.models.machine import Machine


class DeviceEvent(models.Model):
    """Something that a device told once; rows are added and never changed.

    `key` is the id that the device gave it: told again, it is the same event. `at` is when it
    happened by the device, `received_at` when we heard of it.
    """

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="events")
    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="device_events")
    key = models.CharField(max_length=64)
    kind = models.CharField(max_length=8, choices=EventKind.choices)
    name = models.CharField(max_length=40, blank=True)
    value = models.FloatField(null=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "key"], name="deviceevent_told_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[EventKind.STARTED, EventKind.STOPPED])
                | Q(value__isnull=False),
                name="deviceevent_with_its_value",
            ),
        ]
        indexes = [
            models.Index(fields=["device", "machine", "at"], name="deviceevent_device_at"),
            models.Index(
                fields=["machine", "name", "-at"],
                condition=Q(kind=EventKind.COUNTER),
                name="deviceevent_counters",
            ),
            BrinIndex(fields=["received_at"], name="deviceevent_received"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M:%S}"


class RunQuerySet(models.QuerySet["Run"]):
    """Filters of runs."""

    def open(self) -> "RunQuerySet":
        """Runs that go on, as far as is known."""
        return self.filter(ended_at=None)

    def touching(self, start: datetime, end: datetime) -> "RunQuerySet":
        """Runs known to last during any part of `[start, end)`."""
        return self.filter(seen_at__gt=start, started_at__lt=end)


class Run(models.Model):
    """A stretch in which a machine worked, as the events of one device tell.

    Derived from the log and rebuilt with it, never edited. One that goes on is known until
    `seen_at`.
    """

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="runs")
    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="runs")
    source = models.CharField(max_length=8, choices=RunSource.choices)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["device", "machine", "source", "started_at"], name="run_starts_once"
            ),
            models.CheckConstraint(
                condition=Q(seen_at__gte=F("started_at"))
                & (Q(ended_at=None) | Q(ended_at=F("seen_at"))),
                name="run_is_seen_to_its_end",
            ),
        ]
        indexes = [
            models.Index(fields=["machine", "seen_at"], name="run_machine_seen"),
            models.Index(fields=["seen_at"], condition=Q(ended_at=None), name="run_open"),
        ]

    def __str__(self) -> str:
        return f"{self.machine_id} {self.started_at:%Y-%m-%d %H:%M}"


class MeterMark(models.Model):
    """A machine of which events came: its runs must be derived again from `since_at` on.

    `times` grows with every mark, so that one set again while the log is read is seen.
    """

    machine = models.OneToOneField(
        Machine, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    since_at = models.DateTimeField()
    times = models.BigIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.machine_id} {self.since_at:%Y-%m-%d %H:%M}"
