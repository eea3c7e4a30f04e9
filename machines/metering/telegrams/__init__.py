"""What devices publish over MQTT, in the words of each make, read into one form."""

from machines.metering.telegrams.heard import Heard
from machines.metering.telegrams.reading import SUBSCRIPTIONS, command, read

__all__ = ["SUBSCRIPTIONS", "Heard", "command", "read"]
