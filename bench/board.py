"""The week of 50 machines with about 2,000 reservations, as HTML and as JSON.

Run by `make bench NAME=board`, in a scratch database that is thrown away. Times are those of whole
requests through the middleware, signed in as staff, without the network: the best of some rounds
by the clock on the wall, and the processor time of the web process, which a busy machine
stretches less. The bound holds for the second, with the raw SQL beside it.
"""

import os
import random
import sys
import time as clock
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
django.setup()

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from booking.board_json import board_as_json
from booking.lane_parts import Links, Viewer
from booking.lanes import LaneMaker
from booking.models import Reservation
from booking.queries.availability import machine_times
from booking.queries.board import board_of
from booking.queries.terms import terms_of_many
from booking.templatetags.calendar import rows
from machines.models import Category, Machine
from machines.services.calendars import set_weekly_hours
from machines.services.events import WeeklySpan
from machines.states import CalendarKind
from members.models import Member, Role
from members.states import RoleKind
from spaces.intervals import DAY, local_days, moment_of, week_start
from spaces.models import Space

MOST_QUERIES = 8
"""Of the whole request: session, member and roles are asked on every page before the board is."""
PEER = 120.0
"""Milliseconds of the fastest peer measured on this input (62 queries)."""
AIM = PEER / 2
MOST_TIMES_SQL = 5
"""A busy machine stretches both: slower than the aim only counts beside quick raw SQL."""
ROUNDS = 9
QUARTER = timedelta(minutes=15)


def build(slug: str, machines: int, monday: date, staff: Member) -> Space:
    """A space open from 7 to 23, its machines reserved six times a day."""
    space = Space.objects.create(
        slug=slug,
        name=slug,
        timezone="Europe/Zurich",
        languages=["en"],
        country="CH",
        city="Zürich",
    )
    Role.objects.create(member=staff, space=space, kind=RoleKind.STAFF)
    set_weekly_hours(
        owner=space,
        kind=CalendarKind.OPEN,
        week=[WeeklySpan(tuple(range(7)), time(7), time(23))],
        from_date=monday - 365 * DAY,
        now=datetime(2020, 1, 1, tzinfo=UTC),
    )
    categories = [
        Category.objects.get_or_create(slug=f"category-{n}", name=f"Category {n}")[0]
        for n in range(6)
    ]
    made = Machine.objects.bulk_create(
        Machine(
            space=space, category=categories[n % 6], slug=f"machine-{n}", name=f"Machine {n:02}"
        )
        for n in range(machines)
    )
    members = Member.objects.bulk_create(
        Member(email=f"{slug}-{n}@example.org", name=f"Member Number {n}") for n in range(100)
    )
    chance = random.Random(7)
    Reservation.objects.bulk_create(
        reservation
        for machine in made
        for day in range(7)
        for reservation in reservations_of(machine, monday + day * DAY, members, chance)
    )
    return space


def reservations_of(
    machine: Machine, day: date, members: list[Member], chance: random.Random
) -> list[Reservation]:
    """Six reservations of 30 to 120 minutes, with gaps between most of them."""
    start = moment_of(datetime.combine(day, time(7)), machine.space.zone)
    found = []
    for _ in range(6):
        start += chance.choice([0, 1, 2, 3]) * QUARTER
        end = start + chance.choice([2, 3, 4, 6, 8]) * QUARTER
        found.append(
            Reservation(
                machine=machine,
                member=chance.choice(members),
                starts_at=start,
                ends_at=end,
                occupied_from=start,
                occupied_until=end,
                purpose="Front panel, 3 mm acrylic",
            )
        )
        start = end
    return found


class Spent(NamedTuple):
    """Milliseconds of one run: by the clock on the wall, and of this process alone."""

    wall: float
    own: float


def best(action: Callable[[], object]) -> Spent:
    """The quickest of some runs, after one to warm up."""
    action()
    spent = []
    for _ in range(ROUNDS):
        wall, own = clock.perf_counter(), clock.process_time()
        action()
        spent.append(
            Spent((clock.perf_counter() - wall) * 1000, (clock.process_time() - own) * 1000)
        )
    return Spent(min(each.wall for each in spent), min(each.own for each in spent))


def queries(action: Callable[[], object]) -> tuple[int, list[str]]:
    """How many queries, and their text."""
    action()
    with CaptureQueriesContext(connection) as captured:
        action()
    return len(captured), [query["sql"] for query in captured.captured_queries]


def raw(statements: list[str]) -> Callable[[], object]:
    """The same SQL again, fetched and thrown away."""

    def run() -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                cursor.fetchall()

    return run


def main() -> int:
    """Print the table and the closing line; 1 where a bound is missed."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    connection.cursor().execute("ANALYZE")
    monday = week_start(now().date()) + 7 * DAY
    staff = Member.objects.create_user("staff@example.org", name="Sam Staff")
    spaces = {size: build(f"board-{size}", size, monday, staff) for size in (5, 50)}
    connection.cursor().execute("ANALYZE")
    client = Client()
    client.force_login(staff)
    ways: dict[str, Any] = {"HTML": {}, "JSON": {"headers": {"Accept": "application/json"}}}
    counts, times, sizes = {}, {}, {}
    for size, space in spaces.items():
        address = f"/spaces/{space.slug}/board/?week={monday}"
        for way, options in ways.items():
            answer = client.get(address, **options)
            assert answer.status_code == 200, answer.status_code
            sizes[size, way] = len(answer.content) / 1024
            ask = lambda: client.get(address, **options)  # noqa: B023, E731
            counts[size, way], statements = queries(ask)
            times[size, way] = best(ask)
            times[size, "SQL"] = best(raw(statements))
    held = Reservation.objects.filter(machine__space=spaces[50]).count()
    heads = f"{'machines':>9} {'as':>5} {'wall ms':>8} {'own ms':>7}"
    print(f"{heads} {'raw SQL ms':>11} {'queries':>8} {'kB':>6}")
    for (size, way), count in counts.items():
        print(
            f"{size:>9} {way:>5} {times[size, way].wall:>8.1f} {times[size, way].own:>7.1f} "
            f"{times[size, 'SQL'].wall:>11.1f} "
            f"{count:>8} {sizes[size, way]:>6.0f}"
        )
    print("queries include those for the session, the member and the roles\n")
    where_it_goes(spaces[50], monday, staff)
    slowest = max(times[50, way].own for way in ways)
    faults = []
    if max(counts.values()) > MOST_QUERIES:
        faults.append(f"more than {MOST_QUERIES} queries")
    if any(counts[5, way] != counts[50, way] for way in ways):
        faults.append("the queries grow with the machines")
    if slowest > max(AIM, MOST_TIMES_SQL * times[50, "SQL"].wall):
        faults.append(f"more than half of the fastest peer and {MOST_TIMES_SQL} times the raw SQL")
    print(
        f"board: 50 machines, {held} reservations: HTML "
        f"{times[50, 'HTML'].own:.0f} ms, JSON {times[50, 'JSON'].own:.0f} ms of the processor, "
        f"{times[50, 'HTML'].wall:.0f} and {times[50, 'JSON'].wall:.0f} ms by the clock, "
        f"raw SQL {times[50, 'SQL'].wall:.0f} ms, "
        f"{max(counts.values())} queries "
        f"(bounds: {MOST_QUERIES} queries and {AIM:.0f} ms, half of the peer): "
        f"{'; '.join(faults) or 'passed'}"
    )
    return 1 if faults else 0


def where_it_goes(space: Space, monday: date, staff: Member) -> None:
    """Print how long each step of the week takes on its own."""
    viewer = Viewer(member_id=staff.pk, is_staff=True)
    moment = now()
    machines = list(Machine.objects.filter(space=space).select_related("space", "category"))
    terms = terms_of_many(machines, audience=viewer.audience)
    window = local_days(monday, monday + 7 * DAY, space.zone)
    board = board_of(space, monday, days=7, viewer=viewer, now=moment, link="?reservation=")
    found = machine_times(machines, window, now=moment, terms=terms)
    links = Links(book="?", anchor="#reserve", reservation="?reservation=", after="")

    def lanes() -> None:
        maker = LaneMaker(board.axes, now=moment, viewer=viewer)
        for machine in machines:
            maker.lanes_of(found[machine.pk], terms=terms[machine.pk], links=links, offers=False)

    steps: dict[str, Callable[[], object]] = {
        "times for the API": lambda: machine_times(machines, window, now=moment, terms=terms),
        "lanes": lanes,
        "rows as HTML": lambda: rows(board),
        "rows as JSON": lambda: board_as_json(board),
    }
    for name, step in steps.items():
        print(f"{name:>20} {best(step).own:>7.1f} ms")
    print()


if __name__ == "__main__":
    sys.exit(main())
