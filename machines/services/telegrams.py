"""From telegrams of the broker to the log: which device it is, what of it is kept."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from machines.metering.states import FUTURE_ALLOWED, OLDEST_ACCEPTED, Dialect, EventKind, Loss
from machines.metering.telegrams import Heard
from machines.models import Device, DeviceEvent
from machines.services.log_keeping import note_lost
from machines.services.usage_events import Status, Told, record
from spaces.intervals import moment_of

REPEATED_WITHIN = timedelta(hours=1)
"""How long after its first delivery a telegram without a time of its own is known again."""

MOST_STRANGERS = 500
"""How many names that are no device of ours are kept: anybody may publish under ever new ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telegram:
    """What came from the broker, and as which delivery."""

    heard: Heard
    content: bytes
    delivery: int
    is_repeated: bool
    received_at: datetime

    @property
    def digest(self) -> str:
        """What tells its content from any other."""
        return hashlib.sha256(self.content).hexdigest()[:24]


class _Known(NamedTuple):
    """A device with its one machine, if it has one."""

    device: Device
    machine: int | None


@transaction.atomic
def take(telegrams: Sequence[Telegram], *, now: datetime) -> int:
    """Keep what `telegrams` say; how many events were new. Once this returns they are safe.

    Whoever is not one of our devices is noted, so that staff can say which it is.
    """
    known = _devices_of(telegrams)
    events: list[Told] = []
    statuses: dict[int, Status] = {}
    strangers: dict[tuple[Dialect, str], Heard] = {}
    for telegram in telegrams:
        heard = telegram.heard
        found = known.get((heard.dialect, heard.name))
        if found is None:
            strangers[heard.dialect, heard.name] = heard
            continue
        at, skew = _placed(telegram, found.device)
        if found.machine is not None:
            works = statuses[found.device.pk].works if found.device.pk in statuses else None
            was_working = found.device.works if works is None else works
            events += _events(telegram, found.device.pk, found.machine, at, was_working=was_working)
        statuses[found.device.pk] = _merged(
            statuses.get(found.device.pk), found.device, heard, at, skew
        )
    _note(strangers, now)
    return record(_without_repeated(telegrams, events), statuses.values(), now=now)


def _devices_of(telegrams: Iterable[Telegram]) -> dict[tuple[Dialect, str], _Known]:
    names = {each.heard.name for each in telegrams}
    rows = (
        Device.objects.in_service()
        .filter(topic__in=names)
        .select_related("space")
        .prefetch_related("meters")
    )
    found = {}
    for device in rows:
        machines = [each.machine_id for each in device.meters.all() if each.removed_at is None]
        machine = machines[0] if len(machines) == 1 else None
        found[Dialect(device.dialect), device.topic] = _Known(device, machine)
    return found


def _placed(telegram: Telegram, device: Device) -> tuple[datetime, float | None]:
    """When it happened, and by how many seconds the clock of the device differs from ours.

    A clock that cannot be right is not believed. What waited on the broker is told late, which
    looks like a slow clock until the next telegram.
    """
    heard, received = telegram.heard, telegram.received_at
    told = heard.at
    if told is None and heard.wall is not None:
        told = _nearest(heard.wall, device.space.zone, received)
    if told is None:
        return received, None
    skew = (told - received).total_seconds()
    is_possible = received - OLDEST_ACCEPTED < told <= received + FUTURE_ALLOWED
    return (told if is_possible else received), skew


def _nearest(wall: datetime, zone: ZoneInfo, received: datetime) -> datetime | None:
    """Of the moments that a clock calls `wall` the one nearest to `received`, if there is one."""
    try:
        readings = (moment_of(wall, zone), moment_of(wall.replace(fold=1), zone))
    except OverflowError:
        return None
    return min(readings, key=lambda each: abs(each - received))


def _events(
    telegram: Telegram, device: int, machine: int, at: datetime, *, was_working: bool | None
) -> Iterable[Told]:
    heard = telegram.heard
    key = _key(telegram)
    if heard.power is not None:
        yield Told(
            device=device, machine=machine, key=key, kind=EventKind.POWER, at=at, value=heard.power
        )
    # PrusaLink tells its state again and again: only the change is an event.
    if heard.works is not None and (heard.works != was_working or heard.at is not None):
        kind = EventKind.STARTED if heard.works else EventKind.STOPPED
        yield Told(device=device, machine=machine, key=key, kind=kind, at=at)


def _key(telegram: Telegram) -> str:
    """The id of the event: the content, where that tells its own moment.

    Where it does not, the same content comes again and again: the delivery tells them apart.
    """
    if telegram.heard.at is not None or telegram.heard.wall is not None:
        return telegram.digest
    return f"{_delivered(telegram)}{int(telegram.received_at.timestamp() * 1000)}"


def _delivered(telegram: Telegram) -> str:
    return f"{telegram.digest}.{telegram.delivery}."


def _without_repeated(telegrams: Sequence[Telegram], events: list[Told]) -> list[Told]:
    """Without those that were kept when the broker delivered them before."""
    repeated = {_key(each): each for each in telegrams if each.is_repeated}
    # The first delivery may stand beside it, where the connection was lost in between.
    first = {_delivered(each) for each in telegrams if not each.is_repeated}
    kept = {
        each.key
        for each in events
        if (telegram := repeated.get(each.key)) is not None
        and (_delivered(telegram) in first or _was_kept(each, telegram))
    }
    return [each for each in events if each.key not in kept]


def _was_kept(event: Told, telegram: Telegram) -> bool:
    return DeviceEvent.objects.filter(
        device=event.device,
        key__startswith=_delivered(telegram),
        received_at__gte=telegram.received_at - REPEATED_WITHIN,
    ).exists()


def _merged(
    before: Status | None, device: Device, heard: Heard, at: datetime, skew: float | None
) -> Status:
    """What is known of the device after one more telegram of the batch."""
    before = before or Status(device=device.pk)
    is_newer = before.power_at is None or before.power_at <= at
    says_power = heard.power is not None and is_newer
    return Status(
        device=device.pk,
        skew=before.skew if skew is None else skew,
        power=heard.power if says_power else before.power,
        power_at=at if says_power else before.power_at,
        plug_is_on=before.plug_is_on if heard.plug_is_on is None else heard.plug_is_on,
        works=before.works if heard.works is None else heard.works,
    )


def _note(strangers: dict[tuple[Dialect, str], Heard], now: datetime) -> None:
    """Keep who speaks on the broker without being one of our devices, those heard last."""
    if not strangers:
        return
    rows = sorted((str(dialect), name, heard.power) for (dialect, name), heard in strangers.items())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO machines_heardtopic AS known (dialect, topic, power, first_at, last_at)"
            " SELECT *, %s, %s FROM unnest(%s::text[], %s::text[], %s::float8[])"
            " ON CONFLICT (dialect, topic) DO UPDATE SET last_at = excluded.last_at,"
            " power = COALESCE(excluded.power, known.power)",
            [now, now, *map(list, zip(*rows, strict=True))],
        )
        cursor.execute(
            "DELETE FROM machines_heardtopic WHERE id IN (SELECT id FROM machines_heardtopic"
            " ORDER BY last_at DESC, id DESC OFFSET %s)",
            [MOST_STRANGERS],
        )
        gone = cursor.rowcount
    note_lost(Loss.NAMES, gone, now=now)
