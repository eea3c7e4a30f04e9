"""Listen to the devices on an MQTT broker, and switch their plugs."""

import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from booking.bridge.bridge import Bridge
from booking.bridge.link import PORTS, Link


class Command(BaseCommand):
    """`mqtt_bridge`: runs until it is told to stop."""

    help = "Keeps what devices publish on the MQTT broker (MQTT_URL), and switches their plugs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where the broker is, and by which name it knows us."""
        parser.add_argument("--url", default=settings.MQTT_URL, help="mqtt://name:password@host")
        parser.add_argument(
            "--client-id",
            default="etabli-bridge",
            help="the name of our session at the broker; one bridge only for each",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Work until SIGTERM or SIGINT."""
        url = options["url"]
        if url.partition("://")[0] not in PORTS:
            raise CommandError("Say where the broker is: MQTT_URL=mqtt://host:1883")
        bridge = Bridge(link=Link(url, options["client_id"], now), clock=now)
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, lambda *_: bridge.stopping.set())
        bridge.run()
