"""Devices tell: 1,000 events a second over the API, and 500 machines' power over the broker.

Run by `make bench NAME=ingest`, in a scratch database that is thrown away. Both halves last a
minute each (INGEST_SECONDS says otherwise), and within each processes are killed (kill -9): a
web worker again and again, while it is asked, and the bridge. Whoever had no answer says it again,
as devices do; then the log must hold what was acknowledged, each event once. The second half needs
Mosquitto, or says so.
"""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time as clock
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
django.setup()

from django.conf import settings
from django.core.management import call_command
from django.utils.timezone import now
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from bench._processor import descendants, ticks
from bench._server import serving
from booking.services.metering import follow_meters
from config.stack import process
from machines.metering.states import Dialect
from machines.models import Category, Device, DeviceEvent, Machine, Meter, Run
from machines.services.device_tokens import create_device_token
from notifications.models import Heartbeat
from spaces.models import Space
from tests.broker import Broker, mosquitto

SECONDS = int(os.environ.get("INGEST_SECONDS", "60"))
RATE = 1_000
"""Events a second."""

BATCH, DEVICES, CLIENTS = 100, 50, 4
KILLS = 6
MOST_SECONDS = 1.0
"""For all but one in a hundred batches, from the moment at which it was due."""

PLUGS, PERIOD = 500, 10
STORED_WITHIN = 20.0
"""Seconds after the last telegram within which the log holds them all."""


class Half(NamedTuple):
    """How one half went, and what it missed."""

    told: str
    faults: list[str]


class Batch(NamedTuple):
    """When it is due, whose it is, and what it says."""

    due: float
    token: str
    body: bytes


def build() -> tuple[list[Device], list[str]]:
    """A space with a device for each machine; those that speak HTTP have a key."""
    space = Space.objects.create(
        slug="ingest", name="Ingest", timezone="Europe/Zurich", languages=["en"], country="CH",
        city="Zürich",
    )  # fmt: skip
    category = Category.objects.create(slug="laser", name="Laser cutters")
    devices, tokens = [], []
    for number in range(DEVICES + PLUGS):
        speaks_http = number < DEVICES
        machine = Machine.objects.create(
            space=space, category=category, slug=f"m-{number}", name=f"Machine {number}"
        )
        device = Device.objects.create(
            space=space,
            name=f"Device {number}",
            dialect=Dialect.API if speaks_http else Dialect.SHELLY,
            topic="" if speaks_http else f"plug-{number}",
        )
        Meter.objects.create(device=device, machine=machine)
        devices.append(device)
        if speaks_http:
            tokens.append(create_device_token(device=device, by=None, now=now())[1])
    return devices, tokens


def batches(tokens: list[str]) -> list[Batch]:
    """A minute's events, each device in turn."""
    began = now()
    found = []
    for number in range(SECONDS * RATE // BATCH):
        events = [
            {
                "id": f"{number}-{n}",
                "kind": "power",
                "at": (began + timedelta(seconds=number / 10, milliseconds=n)).isoformat(),
                "value": 400.0 if number // 300 % 2 else 2.0,
            }
            for n in range(BATCH)
        ]
        body = json.dumps({"events": events}).encode()
        found.append(Batch(number * BATCH / RATE, tokens[number % DEVICES], body))
    return found


class Teller:
    """Sends batches when they are due, and again until they are answered."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.asking = 0
        self.is_done = False
        self.late: list[float] = []
        self.answers: Counter[str] = Counter()
        self.began = clock.monotonic()

    def warm_up(self, tokens: list[str]) -> None:
        """Let every worker have answered, then start the clock."""
        nothing = json.dumps({"events": []}).encode()
        for token in tokens:
            self._answered(Batch(0, token, nothing))
        # On a busy machine the first may have waited for a worker that still begins.
        self.answers.clear()
        self.began = clock.monotonic()

    def send(self, batch: Batch) -> None:
        """Until the server says that it is safe."""
        clock.sleep(max(0.0, self.began + batch.due - clock.monotonic()))
        told = self._answered(batch)
        self.answers["new"] += told["new"]
        self.answers["known"] += told["known"]
        self.late.append(clock.monotonic() - self.began - batch.due)

    def _answered(self, batch: Batch) -> dict[str, int]:
        """What the server answers, asked again as long as it says nothing."""
        while True:
            try:
                status, told = self._post(batch)
            except (OSError, http.client.HTTPException):
                self.answers["no answer"] += 1
                clock.sleep(0.1)
                continue
            if status == http.HTTPStatus.OK:
                return told
            raise RuntimeError(f"answer {status}: {told}")

    def _post(self, batch: Batch) -> tuple[int, dict[str, int]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {
            "Authorization": f"Bearer {batch.token}", "Content-Type": "application/json"
        }  # fmt: skip
        self.asking += 1
        try:
            connection.request("POST", "/api/v1/usage-events", batch.body, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            self.asking -= 1
            connection.close()


def over_the_api(tokens: list[str]) -> Half:
    """Events by HTTP while web workers are killed."""
    plan = batches(tokens)
    with serving(os.environ["DATABASE_URL"]) as port:
        teller = Teller(port)
        teller.warm_up(tokens)
        killers = [
            threading.Timer(SECONDS * part / (KILLS + 1), kill_a_worker, [teller])
            for part in range(1, KILLS + 1)
        ]
        for killer in killers:
            killer.start()
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(teller.send, plan))
        seconds, teller.is_done = clock.monotonic() - teller.began, True
        for killer in killers:
            killer.join()
    stored = DeviceEvent.objects.count()
    wanted = len(plan) * BATCH
    late = sorted(teller.late)
    slow = late[len(late) * 99 // 100]
    told = (
        f"api: {wanted:,} events in {seconds:.1f} s, {wanted / seconds:,.0f} a second; a batch of "
        f"{BATCH} after {late[len(late) // 2] * 1000:.0f} ms, 99 % within {slow * 1000:.0f} ms; "
        f"a worker killed {KILLS} times: "
        f"{teller.answers['no answer']} without an answer, {teller.answers['known']} told again; "
        f"{stored:,} in the log"
    )
    faults = [
        text
        for text, is_missed in (
            (f"{wanted - stored} events lost or doubled", stored != wanted),
            (f"less than {RATE} a second", wanted / seconds < 0.97 * RATE),
            (f"99 % later than {MOST_SECONDS:g} s", slow > MOST_SECONDS),
        )
        if is_missed
    ]
    return Half(told, faults)


def kill_a_worker(teller: Teller) -> None:
    """One of those that gunicorn started, as the kernel would when memory is short."""
    while not teller.asking and not teller.is_done:
        clock.sleep(0.001)
    _gunicorn, *workers = descendants(os.getpid())
    os.kill(random.choice(workers), signal.SIGKILL)


def derivation() -> None:
    """Print how long it takes to follow what was told."""
    began = clock.monotonic()
    machines = follow_meters(now() + timedelta(hours=1))
    seconds = clock.monotonic() - began
    print(f"runs: {machines} machines followed in {seconds:.1f} s, {Run.objects.count()} runs")


@contextmanager
def bridge(broker: Broker) -> Iterator[subprocess.Popen[bytes]]:
    """The command, as on a server, until it has given a sign of life."""
    Heartbeat.objects.all().delete()
    running = process.start(
        [sys.executable, "manage.py", "mqtt_bridge", "--url", broker.url],
        environment={**os.environ},
        folder=Path(settings.BASE_DIR),
    )
    try:
        while not Heartbeat.objects.exists():
            clock.sleep(0.1)
        yield running
    finally:
        process.stop(running)


def publish(port: int, seconds: int) -> int:
    """Every plug says its power each PERIOD seconds; how many the broker took."""
    client = Client(CallbackAPIVersion.VERSION2, "bench-plugs")
    client.max_inflight_messages_set(1000)
    client.connect("127.0.0.1", port)
    client.loop_start()
    began = clock.monotonic()
    sent = []
    for number in range(seconds * PLUGS // PERIOD):
        clock.sleep(max(0.0, began + number * PERIOD / PLUGS - clock.monotonic()))
        topic = f"plug-{DEVICES + number % PLUGS}/status/switch:0"
        watts = 400.0 if number // PLUGS % 2 else 2.0
        sent.append(client.publish(topic, f'{{"apower": {watts}, "output": true}}', 1))
    for each in sent:
        each.wait_for_publish(30)
    client.disconnect()
    client.loop_stop()
    return sum(each.is_published() for each in sent)


def over_the_broker() -> Half:
    """Power by MQTT while the bridge is killed."""
    if mosquitto() is None:
        return Half("mqtt: not measured, because there is no Mosquitto", [])
    before = DeviceEvent.objects.count()
    with tempfile.TemporaryDirectory() as folder:
        broker = Broker(Path(folder))
        broker.start()
        try:
            taken, waited, worked = with_a_killed_bridge(broker, before)
        finally:
            broker.stop()
    stored = DeviceEvent.objects.count() - before
    told = (
        f"mqtt: {taken:,} telegrams of {PLUGS} plugs in {SECONDS} s, a bridge killed for 5 s; all "
        f"in the log {waited:.1f} s after the last; {stored:,} in the log; "
        f"{worked / max(1, taken):.2f} ms of the bridge a telegram"
    )
    return Half(told, [f"{taken - stored} telegrams lost or doubled"] if stored != taken else [])


def with_a_killed_bridge(broker: Broker, before: int) -> tuple[int, float, float]:
    """Telegrams that the broker took, seconds until all were kept, milliseconds of work."""
    with ThreadPoolExecutor(1) as pool:
        with bridge(broker) as first:
            publishing = pool.submit(publish, broker.port, SECONDS)
            clock.sleep(SECONDS / 2)
            worked = ticks(first.pid)
            os.kill(first.pid, signal.SIGKILL)
            first.wait()
        clock.sleep(5)
        with bridge(broker) as second:
            taken = publishing.result()
            ended = clock.monotonic()
            while DeviceEvent.objects.count() - before < taken:
                if clock.monotonic() - ended > STORED_WITHIN:
                    break
                clock.sleep(0.1)
            waited = clock.monotonic() - ended
            # What was told twice would come now.
            clock.sleep(2)
            worked += ticks(second.pid)
    return taken, waited, worked


def main() -> int:
    """Print both halves and the closing line; 1 where a bound is missed."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    _devices, tokens = build()
    halves = [over_the_api(tokens)]
    derivation()
    halves.append(over_the_broker())
    derivation()
    for half in halves:
        print(half.told)
    faults = [fault for half in halves for fault in half.faults]
    figures = "; ".join(half.told for half in halves)
    print(f"ingest: {figures}: {'; '.join(faults) or 'passed'}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
