"""What stands beside a machine and tells what it does: meters, plugs, printers, controllers."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from machines.metering.names import LONGEST_NAME, is_speakable
from machines.metering.plugs import Plug
from machines.metering.runs import Limits
from machines.metering.states import (
    DEFAULT_SILENT_SECONDS,
    DEFAULT_START_SECONDS,
    DEFAULT_START_WATTS,
    DEFAULT_STOP_SECONDS,
    DEFAULT_STOP_WATTS,
    SKEW_WORTH_TELLING,
    Dialect,
    FailSafe,
    Loss,
)
from machines.models.machine import Machine
from spaces.models import Space

SECOND = timedelta(seconds=1)

UNSPEAKABLE = r"^\$|[+#[:cntrl:]]"
"""What no name on the broker has, as the database says it."""


def speakable(name: str) -> None:
    """Refuse a name that no device can have on the broker; none at all is no name."""
    if name and not is_speakable(name):
        raise ValidationError(
            gettext("No device can be called so: leave out + and #, and $ at the beginning."),
            code="unspeakable",
        )


class DeviceQuerySet(models.QuerySet["Device"]):
    """Filters of devices."""

    def in_service(self) -> "DeviceQuerySet":
        """Devices that are still used."""
        return self.filter(retired_at=None)

    def silent(self, now: datetime) -> "DeviceQuerySet":
        """Devices of which nothing was heard for longer than they may be silent.

        One that was never heard of is awaited, not silent.
        """
        limit = now - models.ExpressionWrapper(
            F("silent_seconds") * models.Value(SECOND), output_field=models.DurationField()
        )
        return self.in_service().filter(seen_at__lt=limit)


class Device(models.Model):
    """A meter, plug or printer of a space, with what was last heard of it.

    The columns below `retired_at` only show how it stands; what it did is in its events.
    """

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="devices")
    machines = models.ManyToManyField(
        Machine, through="Meter", related_name="devices", verbose_name=_("machines")
    )
    name = models.CharField(_("name"), max_length=80)
    dialect = models.CharField(
        _("speaks"), max_length=10, choices=Dialect.choices, default=Dialect.API
    )
    topic = models.CharField(
        _("name on the broker"), max_length=LONGEST_NAME, blank=True, validators=[speakable]
    )
    start_watts = models.FloatField(_("works from (watts)"), default=DEFAULT_START_WATTS)
    stop_watts = models.FloatField(_("rests below (watts)"), default=DEFAULT_STOP_WATTS)
    start_seconds = models.PositiveIntegerField(
        _("works after (seconds)"), default=DEFAULT_START_SECONDS
    )
    stop_seconds = models.PositiveIntegerField(
        _("rests after (seconds)"), default=DEFAULT_STOP_SECONDS
    )
    silent_seconds = models.PositiveIntegerField(
        _("silent after (seconds)"), default=DEFAULT_SILENT_SECONDS
    )
    switches_plug = models.BooleanField(
        _("switch the plug on at check-in, and off after check-out"), default=False
    )
    fail_safe = models.CharField(
        _("while we cannot know who is there, the plug"),
        max_length=5,
        choices=FailSafe.choices,
        default=FailSafe.KEEP,
    )
    created_at = models.DateTimeField(default=now, editable=False)
    retired_at = models.DateTimeField(null=True, editable=False)

    seen_at = models.DateTimeField(null=True, editable=False)
    skew_seconds = models.FloatField(null=True, editable=False)
    power = models.FloatField(null=True, editable=False)
    power_at = models.DateTimeField(null=True, editable=False)
    idle_since = models.DateTimeField(null=True, editable=False)
    plug_is_on = models.BooleanField(null=True, editable=False)
    works = models.BooleanField(null=True, editable=False)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        constraints = [
            models.UniqueConstraint(
                fields=["dialect", "topic"],
                condition=~Q(topic="") & Q(retired_at=None),
                name="device_topic_belongs_to_one",
            ),
            models.CheckConstraint(
                condition=~Q(topic__regex=UNSPEAKABLE), name="device_topic_is_no_pattern"
            ),
            models.CheckConstraint(
                condition=Q(stop_watts__gt=0, start_watts__gte=F("stop_watts")),
                name="device_rests_below_where_it_works",
            ),
            models.CheckConstraint(
                condition=Q(silent_seconds__gt=0), name="device_may_be_silent_for_a_time"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def limits(self) -> Limits:
        """From which power on, and after how long, its machine works or rests."""
        return Limits(
            start_watts=self.start_watts,
            stop_watts=self.stop_watts,
            start_after=self.start_seconds * SECOND,
            stop_after=self.stop_seconds * SECOND,
            silence=self.silent_seconds * SECOND,
        )

    @property
    def plug(self) -> Plug:
        """What is known of its plug."""
        return Plug(
            is_on=self.plug_is_on,
            power_at=self.power_at,
            idle_since=self.idle_since,
            stop_after=self.stop_seconds * SECOND,
            silence=self.silent_seconds * SECOND,
            fail_safe=FailSafe(self.fail_safe),
        )

    @property
    def clock_is_wrong(self) -> bool:
        """Whether its clock differs enough from ours that staff should know."""
        return self.skew_seconds is not None and abs(self.skew_seconds) > SKEW_WORTH_TELLING

    def is_silent(self, now: datetime) -> bool:
        """Whether it has not been heard of for longer than it may be silent."""
        return self.seen_at is not None and now - self.seen_at > self.silent_seconds * SECOND


class Meter(models.Model):
    """A machine of a device: since when it is told of, and until when it was."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="meters")
    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="meters")
    heard_from = models.DateTimeField(null=True, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "machine"], name="meter_once_per_machine")
        ]

    def __str__(self) -> str:
        return f"{self.device_id}: {self.machine_id}"


class DeviceToken(models.Model):
    """A key with which a device may tell what its machines do, and nothing else.

    Only the digest of its secret is kept.
    """

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(max_length=4, editable=False)
    created_at = models.DateTimeField(_("created"), default=now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("device token")
        verbose_name_plural = _("device tokens")

    def __str__(self) -> str:
        return f"…{self.hint}"


class HeardTopic(models.Model):
    """Somebody on the broker whom no device of ours is: staff may say which it is.

    Anybody may publish there, so only those heard last are kept; the others are counted (`Lost`).
    """

    dialect = models.CharField(max_length=10, choices=Dialect.choices)
    topic = models.CharField(max_length=LONGEST_NAME)
    power = models.FloatField(null=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        ordering = ["-last_at", "topic"]
        constraints = [models.UniqueConstraint(fields=["dialect", "topic"], name="heardtopic_once")]

    def __str__(self) -> str:
        return self.topic


class Lost(models.Model):
    """How much of what came over the broker was not kept on a day (UTC), and why."""

    what = models.CharField(max_length=8, choices=Loss.choices)
    day = models.DateField()
    count = models.BigIntegerField()

    class Meta:
        ordering = ["-day", "what"]
        constraints = [models.UniqueConstraint(fields=["what", "day"], name="lost_once_per_day")]

    def __str__(self) -> str:
        return f"{self.day}: {self.count} {self.what}"
