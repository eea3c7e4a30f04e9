"""Each event counts once, whatever the order and the repetition, and the sessions are the same.

What the events of a log give when they come shuffled, in pieces, more than once and with the job
running in between, is what they give in order and at once.
"""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.models import UsageSession
from booking.services.metering import follow_meters
from machines.metering.states import EventKind
from machines.models import Device, DeviceEvent, Machine, Run
from machines.services.usage_events import Told
from tests.booking.devices.telling import tell
from tests.factories.booking import UsageSessionFactory
from tests.factories.machines import MachineFactory, MeterFactory

pytestmark = pytest.mark.django_db

START = datetime(2026, 5, 4, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)
END = START + timedelta(hours=4)
AFTER = START + timedelta(days=9)

seconds = st.one_of(
    st.integers(0, 200).map(lambda n: n * 15), st.integers(0, 4 * 3600), st.integers(0, 900)
)
readings = st.tuples(seconds, st.sampled_from([0.0, 10.0, 20.0, 40.0, 500.0]))
edges = st.tuples(seconds, st.booleans())
people = st.lists(st.tuples(seconds, st.integers(60, 3000), st.booleans()), max_size=3)


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[tuple], list[list[int]], list[tuple]]:
    """Events, the order and the pieces in which their numbers come, and what people did."""
    told = [*draw(st.lists(readings, max_size=25)), *draw(st.lists(edges, max_size=8))]
    numbers = draw(st.permutations(range(len(told))))
    if told:
        numbers = [*numbers, *draw(st.lists(st.sampled_from(range(len(told))), max_size=8))]
    pieces: list[list[int]] = []
    while numbers:
        size = draw(st.integers(1, 9))
        pieces.append(list(numbers[:size]))
        numbers = numbers[size:]
    return told, pieces, draw(people)


def as_event(device: Device, machine: Machine, number: int, told: tuple) -> Told:
    at, said = told
    if isinstance(said, bool):
        kind, value = EventKind.STARTED if said else EventKind.STOPPED, None
    else:
        kind, value = EventKind.POWER, said
    return Told(
        device=device.pk,
        machine=machine.pk,
        key=str(number),
        kind=kind,
        at=START + at * SECOND,
        value=value,
    )


def came(machine: Machine, spans: list[tuple]) -> None:
    """People use the machine, one after the other."""
    last = START
    for at, length, is_assumed in sorted(spans):
        start = max(last, START + at * SECOND)
        last = start + length * SECOND
        UsageSessionFactory(
            machine=machine, started_at=start, ended_at=last, end_is_assumed=is_assumed
        )


def derived(machine: Machine) -> tuple[list[tuple], list[tuple]]:
    runs = Run.objects.filter(machine=machine).order_by("started_at", "source")
    rows = UsageSession.objects.filter(machine=machine).order_by("started_at", "source")
    return (
        list(runs.values_list("source", "started_at", "ended_at")),
        list(rows.values_list("source", "started_at", "ended_at", "end_is_assumed")),
    )


@settings(
    max_examples=40,
    derandomize=True,
)
@given(stories())
def test_shuffled_and_repeated_gives_what_the_ordered_log_gives(
    story: tuple[list[tuple], list[list[int]], list[tuple]],
) -> None:
    told, pieces, spans = story
    with transaction.atomic():
        found = []
        for is_ordered in (True, False):
            machine = MachineFactory()
            device = MeterFactory(machine=machine).device
            came(machine, spans)
            events = [as_event(device, machine, n, each) for n, each in enumerate(told)]
            if is_ordered:
                tell(sorted(events, key=lambda each: each.at), END)
            for piece in [] if is_ordered else pieces:
                tell([events[number] for number in piece], END)
                follow_meters(END)
            follow_meters(AFTER)
            assert DeviceEvent.objects.filter(device=device).count() == len(told)
            assert_apart(machine)
            found.append(derived(machine))
        transaction.set_rollback(True)
    assert found[0] == found[1]


def assert_apart(machine: Machine) -> None:
    """No two sessions of a machine share any time."""
    rows = UsageSession.objects.filter(machine=machine).order_by("started_at", "ended_at")
    spans = list(rows.values_list("started_at", "ended_at"))
    for (_start, end), (start, _end) in pairwise(spans):
        assert end is not None
        assert end <= start
