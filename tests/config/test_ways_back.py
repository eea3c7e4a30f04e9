"""Migrations that are taken back let go what the tables before could not hold."""

from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.db import connection

from booking.models import KioskEntry
from machines.models import ColumnMapping, CounterReading
from machines.states import FilePurpose
from tests.factories.kiosk import KioskEntryFactory
from tests.factories.machines import CounterFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 20, 10, tzinfo=UTC)


def way_back(migration: str, *names: str) -> None:
    module = import_module(migration)
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(getattr(module, name))


def test_of_a_moment_the_last_reading_stays() -> None:
    told = {"counter": CounterFactory(), "read_at": NOW}
    first = CounterReading.objects.create(**told, value=1)
    second = CounterReading.objects.create(**told, value=2, corrects=first)
    third = CounterReading.objects.create(**told, value=3, corrects=second)
    way_back("machines.migrations.0016_names_and_readings", "NOT_KEPT", "CORRECTED_GONE")
    assert CounterReading.objects.get() == third
    assert CounterReading.objects.get().corrects is None


def test_entries_of_no_machine_go() -> None:
    entry = KioskEntryFactory()
    KioskEntry.objects.filter(pk=KioskEntryFactory().pk).update(machine=None)
    way_back("booking.migrations.0016_extensions_at_tablets", "OF_NO_MACHINE_GONE")
    assert KioskEntry.objects.get() == entry


def test_readings_of_files_of_the_past_go() -> None:
    space = SpaceFactory()
    for purpose in FilePurpose:
        ColumnMapping.objects.create(space=space, purpose=purpose, headers=["a"], columns={})
    way_back("machines.migrations.0019_files_of_the_past", "OF_THE_PAST_GONE")
    assert ColumnMapping.objects.get().purpose == FilePurpose.INVENTORY
