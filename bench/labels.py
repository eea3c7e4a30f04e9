"""Labels for 500 machines as a PDF, through the page of the staff. Bound: 10 s.

Run by `make bench NAME=labels`. A busy machine stretches the clock: the quickest round counts.
"""

import os
import sys
import time

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"

import django

django.setup()

from django.core.management import call_command
from django.test import Client

from machines.models import Machine
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
    ticked = {"used": "0", "machine": [machine.pk for machine in machines]}
    slowest = max(
        min(seconds(client, space.slug, {**ticked, "format": kind}) for _round in range(ROUNDS))
        for kind in KINDS
    )
    print(f"slowest: {slowest:.2f} s, bound {BOUND:g} s")
    return int(slowest > BOUND)


def seconds(client: Client, slug: str, ticked: dict[str, object]) -> float:
    """How long the PDF of one kind of sheet takes."""
    started = time.perf_counter()
    answer = client.post(f"/spaces/{slug}/labels/", ticked)
    taken = time.perf_counter() - started
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")
    print(f"{ticked['format']}: {taken:.2f} s, {len(answer.content) / 1024:.0f} kB")
    return taken


if __name__ == "__main__":
    sys.exit(main())
