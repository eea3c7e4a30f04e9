"""What becomes of every row of a file, worked out before anything is written.

The dry run and the import ask the same planner, so that neither can know better. What keeps time
is held against all that keeps the machine's time already, rows above in the file included.
"""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from booking.history.entries import KEEPING_TIME, Entry, MachineChoice, Row
from booking.models import ImportedRow, Reservation
from booking.services.history.places import Place, Places
from booking.states import MAX_SPAN
from machines.sheets.rows import Problem
from spaces.intervals import Interval
from spaces.models import Space

SHOWN = 300
"""How many rows of each fate a preview shows; all of them are counted."""


class Fate(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    KNOWN = "known"
    LEFT_OUT = "left_out"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A row with its fate, and why where it is not taken."""

    row: Row
    fate: Fate
    reason: str = ""
    key: str = ""
    place: Place | None = None

    @property
    def problem(self) -> Problem | None:
        """The cell that is why, where one is."""
        return self.row.problem

    @property
    def as_problem(self) -> Problem:
        """Why it is not taken: the cell, else the row."""
        return self.problem or Problem(
            line=self.row.line, column="", value=self.row.machine, message=self.reason
        )


@dataclass(slots=True)
class Preview:
    """What an import would do: counts of all rows, the first ones of each fate, and the names."""

    counts: Counter[Fate] = field(default_factory=Counter)
    shown: dict[Fate, list[Judged]] = field(default_factory=lambda: {each: [] for each in Fate})
    names: Counter[str] = field(default_factory=Counter)
    remarks: list[Problem] = field(default_factory=list)
    remark_count: int = 0
    needed: dict[str, None] = field(default_factory=dict)
    first: datetime | None = None
    last: datetime | None = None

    @property
    def is_clean(self) -> bool:
        """Whether no row is rejected."""
        return not self.counts[Fate.REJECTED]

    def take(self, judged: Judged) -> None:
        """Count a row."""
        self.counts[judged.fate] += 1
        if len(self.shown[judged.fate]) < SHOWN:
            self.shown[judged.fate].append(judged)
        row = judged.row
        if row.machine:
            self.names[row.machine] += 1
        self.remark_count += len(row.remarks)
        if len(self.remarks) < SHOWN:
            self.remarks += row.remarks
        if judged.fate is Fate.NEW and row.entry:
            span = row.entry.span
            self.needed.setdefault(row.machine)
            self.first = min(self.first or span.start, span.start)
            self.last = max(self.last or span.end, span.end)


def preview_rows(space: Space, rows: Iterable[Row], places: Places, *, now: datetime) -> Preview:
    """Judge every row, write nothing."""
    preview = Preview()
    for judged in Planner(space, places, now=now).judged(rows):
        preview.take(judged)
    return preview


class Planner:
    """Judges rows one after the other; each that is taken stands in the way of later ones."""

    def __init__(self, space: Space, places: Places, *, now: datetime) -> None:
        self._space, self._places, self._now = space, places, now
        self._known = set(ImportedRow.objects.filter(space=space).values_list("key", flat=True))
        # Of what every key begins with; to make it anew for each row takes longer than the rest.
        self._seal = salted_hmac("booking.history.row", f"{space.pk}|", algorithm="sha256")
        self._lines: dict[str, int] = {}
        self._busy: dict[str, _Busy] = {}

    def judged(self, rows: Iterable[Row]) -> Iterator[Judged]:
        """Every row with its fate."""
        return map(self._judge, rows)

    def _judge(self, row: Row) -> Judged:
        if row.problem is not None:
            return Judged(row=row, fate=Fate.REJECTED, reason=row.problem.message)
        if row.left_out or row.entry is None:
            return Judged(row=row, fate=Fate.LEFT_OUT, reason=row.left_out)
        place = self._places.of(row.machine)
        if place.choice == MachineChoice.SKIP:
            reason = _("Rows of this machine are left out.")
            return Judged(row=row, fate=Fate.LEFT_OUT, reason=reason)
        if place.machine is None and place.choice == MachineChoice.UNDECIDED:
            reason = _("No machine has this name. Say which it is.")
            return Judged(row=row, fate=Fate.REJECTED, reason=reason)
        return self._judge_entry(row, row.entry, place)

    def _judge_entry(self, row: Row, entry: Entry, place: Place) -> Judged:
        key, *others = self._keys(entry, place)
        if key in self._known or not self._known.isdisjoint(others):
            if key not in self._known and entry.kind in KEEPING_TIME:
                # It is on the machine that was replaced, and in the way of later rows all the same.
                self._busy_at(place).take(entry.span, row.line)
            return Judged(row=row, fate=Fate.KNOWN, reason=_("It is here already."), key=key)
        if self._was_longer(entry):
            reason = _("It is here already, as long as it was then.")
            return Judged(row=row, fate=Fate.KNOWN, reason=reason, key=key)
        if key in self._lines:
            reason = _("The same as line %(line)d.") % {"line": self._lines[key]}
            return Judged(row=row, fate=Fate.KNOWN, reason=reason, key=key)
        if reason := self._reason_against(entry, place, row.line):
            return Judged(row=row, fate=Fate.REJECTED, reason=reason)
        self._lines[key] = row.line
        return Judged(row=row, fate=Fate.NEW, key=key, place=place)

    def _keys(self, entry: Entry, place: Place) -> list[str]:
        """What finds a row again, in whatever file it comes; no name can be read from it.

        First as it is kept, then as it was while its name meant a machine that was replaced.
        """
        if entry.key:
            return [self._digest(entry.key)]
        what = (entry.span.start.isoformat(), entry.span.end.isoformat())
        who = entry.who.key if entry.who else ""
        return [
            self._digest("|".join((entry.kind, identity, *what, who)))
            for identity in (place.identity, *map(str, place.namesakes))
        ]

    def _was_longer(self, entry: Entry) -> bool:
        """Whether an earlier file told it with parts that were cancelled since."""
        keys = self._known.intersection(map(self._digest, entry.earlier_keys))
        rows = ImportedRow.objects.filter(
            space=self._space,
            key__in=keys,
            reservation__starts_at__lt=entry.span.end,
            reservation__ends_at__gt=entry.span.start,
        )
        return bool(keys) and rows.exists()

    def _digest(self, told: str) -> str:
        digest = self._seal.copy()
        digest.update(told.encode())
        return digest.hexdigest()

    def _reason_against(self, entry: Entry, place: Place, line: int) -> str:
        span = entry.span
        if span.duration > MAX_SPAN:
            return _("It is longer than %(days)d days.") % {"days": MAX_SPAN.days}
        if span.end > self._now:
            return _("It is not over yet. What is to come goes into the calendar.")
        if entry.kind not in KEEPING_TIME:
            return ""
        busy = self._busy_at(place)
        other = busy.take(span, line)
        if other is None:
            return ""
        if other:
            return _("It overlaps with line %(line)d.") % {"line": other}
        return _("It overlaps with something that is reserved already.")

    def _busy_at(self, place: Place) -> "_Busy":
        if place.identity not in self._busy:
            self._busy[place.identity] = _Busy(place)
        return self._busy[place.identity]


class _Busy:
    """When a machine is kept, by rows of the database and lines of the file."""

    def __init__(self, place: Place) -> None:
        rows = (
            Reservation.objects.occupying()
            .filter(machine=place.here)
            .order_by("occupied_from")
            .values_list("occupied_from", "occupied_until")
            if place.here
            else ()
        )
        # Nothing here overlaps, so the end of each is before the start of the next.
        self._spans = [(start, until, 0) for start, until in rows if until > start]

    def take(self, span: Interval, line: int) -> int | None:
        """Keep the machine for a line, where nothing stands in the way.

        Else the line that does; 0 for a row of the database.
        """
        at = bisect_left(self._spans, (span.end,))
        if at and self._spans[at - 1][1] > span.start:
            return self._spans[at - 1][2]
        insort(self._spans, (span.start, span.end, line))
        return None
