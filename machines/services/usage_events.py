"""Writing down what devices told: each event once, in one statement for a whole batch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from machines.metering.states import EventKind
from machines.models import Device, MeterMark


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One event, as a device told it; `key` is its id with that device."""

    device: int
    machine: int
    key: str
    kind: EventKind
    at: datetime
    name: str = ""
    value: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How a device stands after a batch; None leaves what was known."""

    device: int
    skew: float | None = None
    power: float | None = None
    power_at: datetime | None = None
    plug_is_on: bool | None = None
    works: bool | None = None


def record(events: Sequence[Told], statuses: Iterable[Status], *, now: datetime) -> int:
    """Keep `events` and how their devices stand; how many of them were new.

    Once this returns they are safe. An event that is known already changes nothing.
    """
    with transaction.atomic():
        new = _insert(events, now) if events else {}
        mark_machines({machine: since for machine, (since, _count) in new.items()})
        _hear_from({(each.device, each.machine): each.at for each in _earliest(events)})
        _show(sorted(statuses, key=lambda each: each.device), now)
    return sum(count for _since, count in new.values())


def mark_machines(since: dict[int, datetime]) -> None:
    """Have the runs of each machine derived again, from a moment on."""
    if not since:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO machines_metermark AS mark (machine_id, since_at, times)"
            " SELECT *, 1 FROM unnest(%s::bigint[], %s::timestamptz[])"
            " ON CONFLICT (machine_id) DO UPDATE"
            " SET since_at = LEAST(mark.since_at, excluded.since_at), times = mark.times + 1",
            _columns(sorted(since.items()), 2),
        )


def mark_metered(machine: int, since: datetime) -> None:
    """The same of one machine, where a device tells of it at all."""
    if Device.objects.filter(meters__machine=machine).exists():
        mark_machines({machine: since})


def take_away(mark: MeterMark) -> None:
    """Delete `mark` unless it was set again since it was read.

    One that somebody holds is being set again, so it is passed over.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM machines_metermark WHERE machine_id IN"
            " (SELECT machine_id FROM machines_metermark WHERE machine_id = %s AND times = %s"
            " FOR UPDATE SKIP LOCKED)",
            [mark.pk, mark.times],
        )


def _insert(events: Sequence[Told], now: datetime) -> dict[int, tuple[datetime, int]]:
    """Add what is new; its earliest moment and its number by machine."""
    # In one order, so that two who tell the same wait for each other instead of deadlocking.
    rows = [
        (each.device, each.machine, each.key, each.kind.value, each.name, each.value, each.at)
        for each in sorted(events, key=lambda each: (each.device, each.key))
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH new AS ("
            " INSERT INTO machines_deviceevent"
            " (device_id, machine_id, key, kind, name, value, at, received_at)"
            " SELECT *, %s FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[],"
            " %s::text[], %s::float8[], %s::timestamptz[])"
            " ON CONFLICT (device_id, key) DO NOTHING RETURNING machine_id, at)"
            " SELECT machine_id, min(at), count(*) FROM new GROUP BY machine_id",
            [now, *_columns(rows, 7)],
        )
        return {machine: (since, count) for machine, since, count in cursor.fetchall()}


def _earliest(events: Iterable[Told]) -> Iterable[Told]:
    """Of each device and machine the earliest, last: the one that a dict of them keeps."""
    return sorted(events, key=lambda each: each.at, reverse=True)


def _hear_from(moments: dict[tuple[int, int], datetime]) -> None:
    """Note since when a device tells of a machine, where that is earlier than what is known."""
    if not moments:
        return
    rows = [(device, machine, at) for (device, machine), at in sorted(moments.items())]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE machines_meter AS meter SET heard_from = told.at"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[])"
            " AS told(device, machine, at)"
            " WHERE meter.device_id = told.device AND meter.machine_id = told.machine"
            " AND (meter.heard_from IS NULL OR meter.heard_from > told.at)",
            _columns(rows, 3),
        )


def _show(statuses: Sequence[Status], now: datetime) -> None:
    """Keep how devices stand; a reading older than the one that is shown is not shown."""
    if not statuses:
        return
    rows = [
        (each.device, each.skew, each.power, each.power_at, each.plug_is_on, each.works)
        for each in statuses
    ]
    with connection.cursor() as cursor:
        cursor.execute(_SHOW, [now, *_columns(rows, 6)])


_SHOW = """
UPDATE machines_device AS device SET
    seen_at = GREATEST(device.seen_at, %s),
    skew_seconds = COALESCE(told.skew, device.skew_seconds),
    plug_is_on = COALESCE(told.plug_is_on, device.plug_is_on),
    works = COALESCE(told.works, device.works),
    power = CASE WHEN told.is_newer THEN told.power ELSE device.power END,
    power_at = CASE WHEN told.is_newer THEN told.power_at ELSE device.power_at END,
    idle_since = CASE
        WHEN NOT told.is_newer THEN device.idle_since
        WHEN told.power >= device.stop_watts THEN NULL
        ELSE COALESCE(device.idle_since, told.power_at) END
FROM (
    SELECT row.*, row.power IS NOT NULL
        AND (stands.power_at IS NULL OR stands.power_at <= row.power_at) AS is_newer
    FROM unnest(%s::bigint[], %s::float8[], %s::float8[], %s::timestamptz[], %s::bool[], %s::bool[])
        AS row(id, skew, power, power_at, plug_is_on, works)
    JOIN machines_device AS stands ON stands.id = row.id
) AS told
WHERE device.id = told.id
"""


def _columns(rows: Sequence[Sequence[object]], width: int) -> list[list[object]]:
    """The rows turned into lists for `unnest`."""
    return [[row[column] for row in rows] for column in range(width)]
