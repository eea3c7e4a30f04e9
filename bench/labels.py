"""Labels for 500 machines as a PDF, through the page of the staff. Bound: 10 s.

Run by `make bench NAME=labels`. Beside it stands the limit: the same sheets drawn, without a page,
a form and a database. A busy machine stretches the clock: the quickest round counts.
"""

import os
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

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
    slowest = 0.0
    print(f"{'labels':>8} {'page s':>8} {'drawn alone s':>14} {'bound s':>8} {'kB':>6}")
    for kind in KINDS:
        page, content = quickest(partial(printed, client, space.slug, {**ticked, "format": kind}))
        drawn, _content = quickest(partial(sheets_of, labels, FORMATS[kind], title=space.name))
        print(f"{kind:>8} {page:>8.2f} {drawn:>14.2f} {BOUND:>8g} {len(content) / 1024:>6.0f}")
        slowest = max(slowest, page)
    verdict = "passed" if slowest <= BOUND else "too slow"
    print(f"labels: {MACHINES} machines in {slowest:.2f} s at most (bound: {BOUND:g} s): {verdict}")
    return int(slowest > BOUND)


def printed(client: Client, slug: str, ticked: dict[str, Any]) -> bytes:
    """The PDF that the page of the staff answers."""
    answer = client.post(f"/spaces/{slug}/labels/", ticked)
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")
    return answer.content


def quickest(make: Callable[[], bytes]) -> tuple[float, bytes]:
    """The seconds of the quickest round, and what it made."""
    rounds = []
    for _round in range(ROUNDS):
        started = time.perf_counter()
        made = make()
        rounds.append((time.perf_counter() - started, made))
    return min(rounds)


if __name__ == "__main__":
    sys.exit(main())
