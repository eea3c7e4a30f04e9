"""Sessions that overlapped before the database kept them apart do not stop the migration."""

from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.db import connection

from booking.models import UsageSession
from booking.states import SessionSource
from machines.models import MeterMark
from tests.factories.booking import UsageSessionFactory
from tests.factories.machines import MachineFactory

pytestmark = pytest.mark.django_db

START = datetime(2026, 5, 4, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
KEPT_APART = next(
    each for each in UsageSession._meta.constraints if each.name == "usagesession_one_at_a_time"
)
APART = import_module("booking.migrations.0014_at_the_machine").APART


def used(machine: object, start: float, end: float | None, source: SessionSource) -> UsageSession:
    row: UsageSession = UsageSessionFactory(
        machine=machine,
        started_at=START + start * HOUR,
        ended_at=None if end is None else START + end * HOUR,
        source=source,
    )
    return row


def test_what_overlapped_is_kept_as_a_list_from_elsewhere_or_written_again() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE booking_usagesession DROP CONSTRAINT {KEPT_APART.name}")
    kiosk, staff, meter = SessionSource.KIOSK, SessionSource.STAFF, SessionSource.METER
    machine, other = MachineFactory(), MachineFactory()
    first = used(machine, 0, 4, kiosk)
    second = used(machine, 3, 6, staff)
    third = used(machine, 5, 7, kiosk)
    gone = used(machine, 1, 2, meter)
    seen = used(machine, 8, 9, meter)
    forgotten = used(other, 0, None, kiosk)
    later = used(other, 2, 3, staff)
    alone = used(MachineFactory(), 0, 4, kiosk)
    with connection.cursor() as cursor:
        cursor.execute(APART)
    sources = dict(UsageSession.objects.values_list("pk", "source"))
    assert gone.pk not in sources
    assert sources == {
        first.pk: kiosk,
        second.pk: SessionSource.IMPORT,
        third.pk: kiosk,
        seen.pk: meter,
        forgotten.pk: kiosk,
        later.pk: SessionSource.IMPORT,
        alone.pk: kiosk,
    }
    assert MeterMark.objects.get().machine == machine
    with connection.schema_editor(atomic=False) as editor:
        editor.add_constraint(UsageSession, KEPT_APART)


def test_who_overlaps_only_somebody_long_before_is_found_and_who_touches_is_not() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE booking_usagesession DROP CONSTRAINT {KEPT_APART.name}")
    kiosk, machine = SessionSource.KIOSK, MachineFactory()
    rows = [used(machine, *span, kiosk) for span in ((0, 10), (1, 2), (3, 4), (10, 11))]
    with connection.cursor() as cursor:
        cursor.execute(APART)
    sources = [UsageSession.objects.get(pk=row.pk).source for row in rows]
    assert sources == [kiosk, SessionSource.IMPORT, SessionSource.IMPORT, kiosk]
