"""Labels for 500 machines as a PDF, through the page of the staff. Bound: 10 s.

Run by `make bench NAME=labels`. Beside it stands the limit: the same sheets drawn, without a page,
a form and a database. A busy machine stretches the clock: the quickest round counts, and the
processor time of the page is told beside it.
"""

import os
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"

import django

django.setup()

from django.core.management import call_command
from django.test import Client

from machines.labels.drawing import sheets_of
from machines.labels.formats import FORMATS
from machines.models import Machine
from machines.queries.labels import labels_of
from tests.factories.machines import CategoryFactory
from tests.factories.members import RoleFactory
from tests.factories.spaces import RoomFactory, SpaceFactory

MACHINES, ROUNDS, BOUND = 500, 3, 10.0
KINDS = ("70x36", "38x21", "62x29")
"""A sheet of usual labels, one of the smallest, and a roll with a page for each."""


def main() -> int:
    """Print as many labels on each kind; 1 where the bound is missed."""
    call_command("migrate", verbosity=0)
    space = SpaceFactory(name="A space with many machines")
    category, room = CategoryFactory(), RoomFactory(space=space)
    machines = Machine.objects.bulk_create(
        Machine(
            space=space,
            category=category,
            room=room,
            slug=f"machine-{number}",
            name=f"Laser cutter number {number}",
            inventory_number=f"INV-{number:05}",
        )
        for number in range(MACHINES)
    )
    client = Client()
    client.force_login(RoleFactory(space=space).member)
    ticked: dict[str, Any] = {"used": "0", "machine": [machine.pk for machine in machines]}
    labels = labels_of(space, ticked["machine"])
    slowest = own = 0.0
    print(
        f"{'labels':>8} {'page s':>8} {'own s':>6} {'drawn alone s':>14} {'bound s':>8} {'kB':>6}"
    )
    for kind in KINDS:
        page = quickest(partial(printed, client, space.slug, {**ticked, "format": kind}))
        drawn = quickest(partial(sheets_of, labels, FORMATS[kind], title=space.name))
        print(
            f"{kind:>8} {page.seconds:>8.2f} {page.own:>6.2f} {drawn.seconds:>14.2f} {BOUND:>8g} "
            f"{len(page.content) / 1024:>6.0f}"
        )
        slowest, own = max(slowest, page.seconds), max(own, page.own)
    verdict = "passed" if slowest <= BOUND else "too slow"
    print(
        f"labels: {MACHINES} machines in {slowest:.2f} s at most, {own:.2f} s of the processor "
        f"(bound: {BOUND:g} s): {verdict}"
    )
    return int(slowest > BOUND)


def printed(client: Client, slug: str, ticked: dict[str, Any]) -> bytes:
    """The PDF that the page of the staff answers."""
    answer = client.post(f"/spaces/{slug}/labels/", ticked)
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")
    return answer.content


class Made(NamedTuple):
    """A file, and in how many seconds by the clock and of the processor it was made."""

    seconds: float
    own: float
    content: bytes


def quickest(make: Callable[[], bytes]) -> Made:
    """The quickest round, and what it made."""
    rounds = []
    for _round in range(ROUNDS):
        started, worked = time.perf_counter(), time.process_time()
        content = make()
        rounds.append(Made(time.perf_counter() - started, time.process_time() - worked, content))
    return min(rounds)


if __name__ == "__main__":
    sys.exit(main())
