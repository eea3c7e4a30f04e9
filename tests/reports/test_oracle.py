"""The rollup equals a brute-force count of the raw log, to the second and hour by hour."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings

from reports.hours import COLUMNS, hour_rows
from reports.models import UsageHour
from reports.services.rollup import rebuild_days
from reports.spans import cells_of
from tests.reports.histories import EXAMPLES, as_log, histories, machine_with, moment
from tests.reports.oracle import History, _opening, hours_by_brute_force

Table = dict[tuple[date, int], dict[str, int]]


def told(rows: Table) -> Table:
    return {
        key: {name: row.get(name, 0) for name in COLUMNS if row.get(name, 0)}
        for key, row in sorted(rows.items())
    }


def from_rollup(machine_id: int) -> Table:
    rows = UsageHour.objects.filter(machine=machine_id).values("date", "hour", *COLUMNS)
    return {(row["date"], row["hour"]): row for row in rows}


@settings(max_examples=EXAMPLES or 200, deadline=None, derandomize=not EXAMPLES)
@given(histories())
def test_the_arithmetic_equals_the_oracle(drawn: tuple[History, list[date]]) -> None:
    history, days = drawn
    zone = ZoneInfo(history.zone)
    cells = [cell for day in days for cell in cells_of(day, zone)]
    always = [(cells[0].start, cells[-1].end)]
    opened = always if history.week is None else _opening(history, zone, days)
    rows = hour_rows(as_log(history, _less(opened, history.closures)), cells)
    ours = {key: dict(zip(COLUMNS, row, strict=True)) for key, row in rows.items()}
    assert told(ours) == told(hours_by_brute_force(history, days))


def _less(opened: list[tuple[int, int]], closures: list[tuple[int, int]]) -> list[tuple[int, int]]:
    for closed, reopened in closures:
        opened = [
            piece
            for start, end in opened
            for piece in ((start, min(end, closed)), (max(start, reopened), end))
            if piece[0] < piece[1]
        ]
    return opened


@pytest.mark.django_db
@settings(
    max_examples=EXAMPLES or 150,
    deadline=None,
    derandomize=not EXAMPLES,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(histories())
def test_the_rollup_equals_the_oracle(drawn: tuple[History, list[date]]) -> None:
    history, days = drawn
    with transaction.atomic():
        machine = machine_with(history)
        now = moment(history.now)
        assert now is not None
        rebuild_days({(machine.pk, day) for day in days}, now=now)
        ours = from_rollup(machine.pk)
        transaction.set_rollback(True)
    assert told(ours) == told(hours_by_brute_force(history, days))
