"""What a device speaks, what it can tell, and what happens to its plug where nobody knows."""

from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Dialect(TextChoices):
    """How a device tells what it knows."""

    API = "api", _("HTTP, with a key")
    SHELLY = "shelly", "Shelly"
    TASMOTA = "tasmota", "Tasmota"
    ZIGBEE = "zigbee", "Zigbee2MQTT"
    OCTOPRINT = "octoprint", "OctoPrint"
    PRUSALINK = "prusalink", "PrusaLink"


BY_BROKER = tuple(each for each in Dialect if each != Dialect.API)
"""Dialects that are heard over MQTT."""

WITH_PLUG = (Dialect.SHELLY, Dialect.TASMOTA, Dialect.ZIGBEE)
"""Dialects in which a plug can be told to switch."""


class EventKind(TextChoices):
    """What an event says."""

    STARTED = "started", _("started")
    STOPPED = "stopped", _("stopped")
    POWER = "power", _("power")
    COUNTER = "counter", _("counter")


class RunSource(TextChoices):
    """By which kind of event a machine is known to work."""

    POWER = "power", _("power")
    JOB = "job", _("jobs")


EVENTS_OF: dict[RunSource, tuple[EventKind, ...]] = {
    RunSource.POWER: (EventKind.POWER,),
    RunSource.JOB: (EventKind.STARTED, EventKind.STOPPED),
}


class FailSafe(TextChoices):
    """What becomes of a plug while we cannot know whether somebody works there."""

    KEEP = "keep", _("stays as it is")
    ON = "on", _("is switched on")
    OFF = "off", _("is switched off once the machine rests")


class Loss(TextChoices):
    """What of that which came over the broker is not kept."""

    NAMES = "names", _("names of strangers that others have taken the place of")
    WAITING = "waiting", _("messages that came faster than they could be kept")
    BROKEN = "broken", _("messages that could not be kept")


LOSS_SHOWN = timedelta(days=7)
"""For how long staff see what was not kept."""

DEFAULT_START_WATTS = 30.0
DEFAULT_STOP_WATTS = 15.0
DEFAULT_START_SECONDS = 10
DEFAULT_STOP_SECONDS = 60
DEFAULT_SILENT_SECONDS = 300

LONGEST_SILENT_JOB = timedelta(days=3)
"""How long a job may run without a word; after that its end was lost, and nothing is counted."""

OLDEST_ACCEPTED = timedelta(days=30)
"""How late an event may come."""

FUTURE_ALLOWED = timedelta(minutes=5)
"""How far the clock of a device may be ahead of ours."""

SKEW_WORTH_TELLING = 30.0
"""Seconds by which a clock may be wrong before staff should know."""

POWER_KEPT = timedelta(days=35)
"""How long power readings are kept: longer than any event may still come before them."""
