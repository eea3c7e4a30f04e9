"""Puts real logs and exports through the import of the past, twice, and says what came of it.

Where figures for a log are known (`…_EXPECTED.json` beside it, computed by others), ours must be
equal to all of them; times are read from the rollup.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from booking.history import fabmanager
from booking.history.entries import EntryKind, MachineChoice
from booking.models import Reservation, UsageSession
from booking.services.history.importing import Outcome, import_history, judged_rows
from booking.services.history.planning import Fate
from booking.services.history.sources import Source, open_source, reading_of
from booking.states import ReservationKind, ReservationState
from machines.models import Machine
from members.models import Certification, Member
from reports.models import UsageHour
from reports.services.rollup import fill_gaps, rebuild_all, rebuild_dirty_days
from reports.spans import span_of
from spaces.intervals import Interval, total_seconds
from spaces.models import Space

Told = tuple[list[str], list[str]]
Times = Mapping[str, int]
"""Seconds by column of the rollup."""

KINDS = {"booking": ReservationKind.BOOKING, "maintenance": ReservationKind.MAINTENANCE}
COLUMNS = {"booking": "booked", "maintenance": "maintenance"}


def report_on_log(path: Path, space: Space, now: datetime) -> Told:
    """What to print of a log, and why it fails; raises SheetUnreadable."""
    expected = _expected(path)
    content = path.read_bytes()
    source = _opened(space, content, path.name, is_booked=expected is not None)
    fates = Counter(each.fate for each in judged_rows(space, source, now=now))
    first, again = (_import(space, source, now) for _time in range(2))
    seconds = _rolled_up(space, now)
    failures = _apart_from_scratch(space, seconds, now)
    told = [f"{path.name}: {first.preview.counts.total()} rows in, {_counted(first)}"]
    told += [
        f"    {judged.fate}, line {judged.problem or f'{judged.row.line}: {judged.reason}'}"
        for fate in (Fate.REJECTED, Fate.LEFT_OUT)
        for judged in first.preview.shown[fate]
    ]
    told += [f"    doubtful, line {remark}" for remark in first.preview.remarks]
    failures += _doubled(again)
    if fates != first.preview.counts:
        failures.append("a dry run says otherwise than the import")
    failures += _apart_from_the_log(space, seconds)
    if expected is not None:
        failures += _apart(expected, _figures(space, seconds))
        told.append(f"    compared with {len(list(_flat(expected)))} figures")
    return told, failures


def report_on_export(paths: list[Path], space: Space, now: datetime) -> Told:
    """What to print of the files of one fab-manager, and why they fail; raises SheetUnreadable."""
    files = {path.stem: json.loads(path.read_bytes())[path.stem] for path in paths}
    content = fabmanager.together(path.read_bytes() for path in paths)
    source = open_source(space, content, filename="fab-manager")
    first, again = (_import(space, source, now) for _time in range(2))
    seconds = _rolled_up(space, now)
    failures = _apart_from_scratch(space, seconds, now)
    ours = {
        "machines": space.machines.count(),
        "machines out of service": space.machines.exclude(retired_at=None).count(),
        "users": Member.objects.filter(email__in=_addresses(files)).count(),
        "certifications": Certification.objects.filter(space=space).count(),
        "reservations": Reservation.objects.filter(machine__space=space).count(),
        "seconds booked": sum(each["booked"] for each in seconds.values()),
    }
    theirs = _shapes(files)
    told = [f"fab-manager: {_counted(first)}", f"    {ours}"]
    failures += _doubled(again) + _apart(theirs, ours)
    return told, failures + _apart_from_the_log(space, seconds)


def _opened(space: Space, content: bytes, filename: str, *, is_booked: bool) -> Source:
    """A log whose unknown machines are made; those of a list of bookings were booked."""
    source = open_source(space, content, filename=filename)
    how = replace(reading_of(source), unknown=MachineChoice.NEW)
    if is_booked:
        how = replace(how, kind=EntryKind.BOOKING)
    return open_source(space, content, filename=filename, reading=how)


def _import(space: Space, source: Source, now: datetime) -> Outcome:
    return import_history(space=space, source=source, good_rows_only=True, by=None, now=now)


def _counted(outcome: Outcome) -> str:
    return ", ".join(f"{outcome.preview.counts[fate]} {fate}" for fate in Fate)


def _doubled(again: Outcome) -> list[str]:
    new = again.preview.counts[Fate.NEW]
    return [f"a second import makes {new} rows new"] if new else []


def _rolled_up(space: Space, now: datetime) -> dict[tuple[str, str], Counter[str]]:
    """Do what the jobs do after an import; seconds by machine and month."""
    fill_gaps(now=now)
    rebuild_dirty_days(now=now)
    return _kept(space)


def _kept(space: Space) -> dict[tuple[str, str], Counter[str]]:
    seconds: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    columns = ("opening", "booked", "maintenance", "down", "used", "used_outside")
    rows = UsageHour.objects.filter(machine__space=space)
    for name, day, *values in rows.values_list("machine__name", "date", *columns):
        seconds[name, f"{day:%Y-%m}"].update(dict(zip(columns, values, strict=True)))
    return seconds


def _apart_from_scratch(
    space: Space, seconds: Mapping[tuple[str, str], Times], now: datetime
) -> list[str]:
    """Each month of which a full rebuild says otherwise, such as how long a machine was open."""
    rebuild_all(now=now, space=space)
    anew = _kept(space)
    months = sorted(anew.keys() | seconds.keys())
    return [
        f"{name}, {month}: {dict(seconds.get(key, {}))} at once, {dict(anew.get(key, {}))} anew"
        for key in months
        for name, month in [key]
        if seconds.get(key) != anew.get(key)
    ]


def _apart_from_the_log(space: Space, seconds: Mapping[tuple[str, str], Times]) -> list[str]:
    """Whether the rollup holds as much use of each machine as its sessions come to, merged."""
    failures = []
    for machine in Machine.objects.filter(space=space):
        rows = UsageSession.objects.filter(machine=machine).values_list("started_at", "ended_at")
        used = total_seconds(Interval(start, end) for start, end in rows if end)
        rolled = sum(
            each["used"] + each["used_outside"]
            for (name, _month), each in seconds.items()
            if name == machine.name
        )
        if used != rolled:
            failures.append(f"{machine}: {used} s used, {rolled} s in the rollup")
    return failures


def _expected(path: Path) -> Any:
    found = path.parent / f"{path.name.partition('_')[0]}_EXPECTED.json"
    return json.loads(found.read_text()) if found.exists() else None


def _figures(space: Space, seconds: Mapping[tuple[str, str], Times]) -> dict[str, Any]:
    """All figures of a log, in the words in which they are expected."""
    rows = Reservation.objects.filter(machine__space=space).select_related("machine")
    held = [row for row in rows if row.state == ReservationState.COMPLETED]
    machines = sorted({row.machine.name for row in held})
    booked = [row for row in held if row.kind == ReservationKind.BOOKING]
    hours: dict[str, Any] = {
        f"{name} / {kind} / {month}": _hours(each[column])
        for (name, month), each in seconds.items()
        for kind, column in COLUMNS.items()
        if each[column]
    }
    sums = {
        (name, kind): sum(each[column] for (of, _m), each in seconds.items() if of == name)
        for name in machines
        for kind, column in COLUMNS.items()
    }
    return {
        "rows": len(held),
        "first": min(row.starts_at for row in held).astimezone(space.zone).isoformat(),
        "last": max(row.ends_at for row in held).astimezone(space.zone).isoformat(),
        "distinct_users": len({row.member_id for row in held} - {None}),
        "count": {
            f"{name} / {kind}": sum(row.machine.name == name and row.kind == of for row in held)
            for name in machines
            for kind, of in KINDS.items()
        },
        "hours": {f"{name} / {kind}": _hours(of) for (name, kind), of in sums.items()},
        "hours_merged_per_resource_incl_maintenance": {
            name: _hours(sum(sums[name, kind] for kind in COLUMNS)) for name in machines
        },
        "hours_per_month": hours,
        "starts_per_hour_of_day_bookings_only": {
            str(hour): count
            for hour, count in Counter(
                row.starts_at.astimezone(space.zone).hour for row in booked
            ).items()
        },
    }


def _hours(seconds: int) -> float:
    return round(seconds / 3600, 3)


def _apart(expected: Mapping[str, Any], ours: Mapping[str, Any]) -> list[str]:
    """Each figure in which the two differ; a machine may be called by the end of its name."""
    found = dict(_flat(ours))
    failures = []
    for name, figure in _flat(expected):
        told = found.pop(name, found.pop(_short(name), None))
        if told != figure:
            failures.append(f"{name}: {figure} expected, {told} found")
    return failures + [
        f"{name}: {figure} found, nothing expected" for name, figure in found.items()
    ]


def _short(name: str) -> str:
    """“count: Waschmaschine 1 / booking” as “count: 1 / booking”."""
    what, _colon, rest = name.partition(": ")
    machine, slash, kind = rest.partition(" / ")
    return f"{what}: {machine.rpartition(' ')[2]}{slash}{kind}"


_NO_FIGURES = frozenset(
    {"note", "overlapping_pairs", "overlapping_pairs_detail", "source_oddities"}
)


def _flat(figures: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, figure in figures.items():
        if name in _NO_FIGURES:
            continue
        if isinstance(figure, dict):
            yield from ((f"{name}: {key}", each) for key, each in figure.items())
        else:
            yield name, figure


def _addresses(files: Mapping[str, Any]) -> set[str]:
    return {row["email"].casefold() for row in files.get("users", ())}


def _shapes(files: Mapping[str, Any]) -> dict[str, int]:
    """What the files should come to, counted slot by slot."""
    machines = [row for row in files["reservations"] if row["reservable_type"] == "Machine"]
    stretches = seconds = 0
    for row in machines:
        slots = sorted(
            span_of(*(datetime.fromisoformat(slot[end]) for end in ("start_at", "end_at")))
            for slot in row["reserved_slots"]
            if slot["canceled_at"] is None
        )
        seconds += sum(end - start for start, end in slots)
        ends = {end for _start, end in slots}
        stretches += sum(start not in ends for start, _end in slots)
    return {
        "machines": len(files["machines"]),
        "machines out of service": sum(bool(row["disabled"]) for row in files["machines"]),
        "users": len(files["users"]),
        "certifications": len(
            {(row["user_id"], row["training_id"]) for row in files["user_trainings"]}
        ),
        "reservations": stretches,
        "seconds booked": seconds,
    }
