"""Let the devices of an installation tell as real ones would, over HTTP or a broker."""

import json
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from datetime import datetime
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from booking.bridge.link import PORTS, Link
from demo.simulating import jobs, power
from machines.metering.states import Dialect, EventKind
from machines.models import Device, Machine
from machines.services.device_tokens import create_device_token, revoke_device_token
from machines.services.devices import save_device

Speak = Callable[[datetime], None]

PERIOD = 10.0
ANSWERS_WITHIN = 10.0


class Command(BaseCommand):
    """`simulate_devices`: runs until it is told to stop."""

    help = (
        "Drives the devices of the demo: those that speak HTTP tell the API, the others publish "
        "on the MQTT broker, where there is one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which devices, where to, how often, and how long."""
        parser.add_argument("--space", metavar="SLUG", help="only the devices of this space")
        parser.add_argument("--url", default=settings.BASE_URL, help="where Établi answers")
        parser.add_argument("--mqtt", default=settings.MQTT_URL, help="mqtt://host:1883")
        parser.add_argument("--period", type=float, default=PERIOD, help="seconds between readings")
        parser.add_argument("--times", type=int, help="stop after so many readings")
        parser.add_argument("--seed", type=int, help="the same readings each time")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Speak in turn until it is enough; the keys made for this are revoked at the end."""
        if options["mqtt"] and options["mqtt"].partition("://")[0] not in PORTS:
            raise CommandError("Say where the broker is: mqtt://host:1883")
        devices = self._devices(options["space"])
        rng = Random(options["seed"])
        link = Link(options["mqtt"], "etabli-simulator", now) if options["mqtt"] else None
        tokens = []
        speakers: list[Speak] = []
        for device in devices:
            if device.dialect == Dialect.API:
                token, secret = create_device_token(device=device, by=None, now=now())
                tokens.append(token)
                speakers.append(Teller(device, secret, options["url"], rng).speak)
            elif link is not None:
                speakers.append(Publisher(device, link, rng).speak)
        if not speakers:
            raise CommandError(
                "No device could speak: name a broker, or make one that speaks HTTP."
            )
        self.stdout.write(f"{len(speakers)} devices speak every {options['period']:g} s.")
        if link is not None:
            link.open()
        try:
            self._run(speakers, options["period"], options["times"])
        except KeyboardInterrupt:
            self.stdout.write("")
        finally:
            for token in tokens:
                revoke_device_token(token=token, now=now())
            if link is not None:
                link.close()

    def _devices(self, slug: str | None) -> list[Device]:
        rows = Device.objects.in_service().filter(meters__removed_at=None)
        if slug:
            rows = rows.filter(space__slug=slug)
        found = list(rows.distinct())
        return found or [self._first(slug)]

    def _first(self, slug: str | None) -> Device:
        """A device for the first machine, where there is none at all."""
        machines = Machine.objects.in_service().select_related("space")
        machine = (machines.filter(space__slug=slug) if slug else machines).first()
        if machine is None:
            raise CommandError("There is no machine here.")
        device = Device(space=machine.space, name=f"Simulator · {machine.name}"[:80])
        return save_device(device=device, machines=[machine], now=now())

    def _run(self, speakers: list[Speak], period: float, times: int | None) -> None:
        done = 0
        while times is None or done < times:
            for speak in speakers:
                try:
                    speak(now())
                except (urllib.error.URLError, TimeoutError) as error:
                    self.stderr.write(f"Nobody listened: {error}")
            done += 1
            if times is None or done < times:
                time.sleep(period)


class Teller:
    """A device that tells the API what power its machine draws."""

    def __init__(self, device: Device, secret: str, url: str, rng: Random) -> None:
        self.machines = list(
            device.meters.filter(removed_at=None).values_list("machine_id", flat=True)
        )
        self.address = f"{url.rstrip('/')}/api/v1/usage-events"
        self.headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        self.readings = [power(Random(rng.random())) for _ in self.machines]

    def speak(self, moment: datetime) -> None:
        """One reading of each machine."""
        events = [
            {
                "id": f"{machine}-{moment.timestamp()}",
                "kind": EventKind.POWER,
                "machine": machine,
                "at": moment.isoformat(),
                "value": next(reading),
            }
            for machine, reading in zip(self.machines, self.readings, strict=True)
        ]
        body = json.dumps({"events": events, "sent_at": moment.isoformat()}).encode()
        request = urllib.request.Request(self.address, body, self.headers)  # noqa: S310
        urllib.request.urlopen(request, timeout=ANSWERS_WITHIN).close()  # noqa: S310


class Publisher:
    """A plug or a printer that publishes on the broker, in the words of its make."""

    def __init__(self, device: Device, link: Link, rng: Random) -> None:
        self.device, self.link = device, link
        self.readings = power(Random(rng.random()))
        self.jobs: Iterator[bool | None] = jobs(Random(rng.random()))
        self.prints = False

    def speak(self, moment: datetime) -> None:
        """One telegram, or none where a printer has nothing to say."""
        said = self._said(moment)
        if said is not None:
            topic, payload = said
            self.link.publish(topic, payload if isinstance(payload, str) else json.dumps(payload))

    def _said(self, moment: datetime) -> tuple[str, Any] | None:
        name = self.device.topic
        match self.device.dialect:
            case Dialect.SHELLY if name.startswith("shellies/"):
                return f"{name}/relay/0/power", str(next(self.readings))
            case Dialect.SHELLY:
                switch = {"id": 0, "apower": next(self.readings), "output": True}
                told = {"ts": moment.timestamp(), "switch:0": switch}
                return f"{name}/events/rpc", {"method": "NotifyStatus", "params": told}
            case Dialect.TASMOTA:
                wall = moment.astimezone(self.device.space.zone).replace(tzinfo=None)
                energy = {"Power": next(self.readings)}
                time_told = wall.isoformat(timespec="seconds")
                return f"tele/{name}/SENSOR", {"Time": time_told, "ENERGY": energy}
            case Dialect.ZIGBEE:
                told = {"power": next(self.readings), "state": "ON"}
                return f"zigbee2mqtt/{name}", told | {"last_seen": moment.isoformat()}
        return self._of_printer(name, moment)

    def _of_printer(self, name: str, moment: datetime) -> tuple[str, Any] | None:
        changed = next(self.jobs)
        self.prints = self.prints if changed is None else changed
        if self.device.dialect == Dialect.PRUSALINK:
            state = "PRINTING" if self.prints else "IDLE"
            return f"prusalink/{name}/status", {"printer": {"state": state}}
        if changed is None:
            return None
        event = "PrintStarted" if changed else "PrintDone"
        return f"octoPrint/{name}/event/{event}", {"_timestamp": int(moment.timestamp())}
