"""Whatever staff do to faults and needs: who stands still is who has to, and nothing is lost."""

import contextlib
import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from machines.models import Dependency, Fault, Machine, Stoppage
from machines.services.dependencies import CannotNeed, add_need, remove_need
from machines.services.faults import (
    FaultClosed,
    Judgement,
    NotTheSame,
    judge,
    mark_duplicate,
    reopen,
    report_fault,
    resolve_fault,
)
from machines.states import Severity
from members.models import Member
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory

START = datetime(2026, 5, 4, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
MACHINES = 4
ACTS = ("report", "judge", "resolve", "reopen", "same", "need", "need_not")

STEPS = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 9), st.integers(0, 9), st.booleans()),
    min_size=4,
    max_size=16,
)


@pytest.mark.django_db
@settings(max_examples=25)
@given(steps=STEPS)
def test_who_stands_still_is_who_has_to(steps: list[tuple[str, int, int, bool]]) -> None:
    first = MachineFactory()
    machines = [first, *MachineFactory.create_batch(MACHINES - 1, space=first.space)]
    staff, kept = MemberFactory(), list[tuple[int, int, datetime, datetime | None]]()
    for number, (act, one, other, flag) in enumerate(steps):
        with contextlib.suppress(FaultClosed, NotTheSame, CannotNeed):
            _do(act, machines, staff, (one, other), START + number * HOUR, flag=flag)
        _stands_still_who_has_to(machines)
        ended = list(
            Stoppage.objects.filter(machine__in=machines)
            .exclude(ends_at=None)
            .order_by("pk")
            .values_list("fault", "machine", "starts_at", "ends_at")
        )
        # What was down stays down time, whatever changes afterwards.
        assert set(kept) <= set(ended)
        kept = ended


def _do(
    act: str,
    machines: list[Machine],
    staff: Member,
    numbers: tuple[int, int],
    now: datetime,
    *,
    flag: bool,
) -> None:
    one, other = (machines[number % MACHINES] for number in numbers)
    faults = list(Fault.objects.filter(machine__in=machines).order_by("pk"))
    if act == "need":
        add_need(machine=one, needs=other, now=now)
    elif act == "need_not":
        remove_need(machine=one, needs=other, now=now)
    elif act == "report" or not faults:
        report_fault(machine=one, summary="x", stops_machine=flag, by=staff, now=now)
    else:
        fault = faults[numbers[0] % len(faults)]
        if act == "judge":
            judgement = Judgement(severity=Severity.SERIOUS, stops_machine=flag)
            judge(fault=fault, judgement=judgement, by=staff, now=now)
        elif act == "resolve":
            resolve_fault(fault=fault, by=staff, now=now)
        elif act == "reopen":
            reopen(fault=fault, by=staff, now=now)
        else:
            original = faults[numbers[1] % len(faults)]
            mark_duplicate(fault=fault, original=original, by=staff, now=now)


def _stands_still_who_has_to(machines: list[Machine]) -> None:
    """Told anew, machine by machine: who is broken, or needs something that stands still."""
    needs = list(Dependency.objects.filter(machine__in=machines).values_list("machine", "needs"))
    for fault in Fault.objects.filter(machine__in=machines):
        still = {fault.machine_id} if fault.ends_at is None and fault.stops_machine else set()
        for _ in machines:
            still |= {one for one, needed in needs if needed in still}
        running = Stoppage.objects.open().filter(fault=fault)
        assert set(running.values_list("machine", flat=True)) == still
    for machine in machines:
        for fault in Fault.objects.filter(stoppages__machine=machine).distinct():
            rows = list(
                Stoppage.objects.filter(fault=fault, machine=machine).order_by("starts_at", "pk")
            )
            for before, after in itertools.pairwise(rows):
                assert before.ends_at is not None
                assert before.ends_at <= after.starts_at
