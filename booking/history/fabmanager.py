"""What the Open API of fab-manager tells (its version 1), read from files that somebody saved.

Each file is an object with one list; several make one object with several. A reservation holds
slots, each cancelled by itself: neighbouring ones become one entry, gaps part them.
"""

import json
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from html import unescape
from itertools import islice
from operator import attrgetter
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from booking.history.entries import NOBODY, Entry, EntryKind, MachineTold, Row, Who
from booking.history.instances import FIRST, prefix_of
from booking.history.moments import moment_told
from machines.sheets.decoding import SheetUnreadable
from machines.sheets.rows import Problem
from spaces.intervals import Interval, merge

T = TypeVar("T")
LISTS = ("machines", "users", "trainings", "availabilities", "reservations", "user_trainings")
MAX_BYTES = 30_000_000
MOST_MARKS = 2_000_000
"""Of what parts values: real exports have one in thirty bytes, and each may take 200 in memory."""

LONGEST_NAME, LONGEST_DETAIL_NAME, LONGEST_DETAIL = 130, 80, 200
LONGEST_NUMBERED, LONGEST_TRAINING, LONGEST_PERSON, LONGEST_ADDRESS = 110, 120, 120, 254
HIGHEST_ID = 10**15
MOST_BEFORE = 48
"""Of how many cancelled slots before a booking is known."""

_MINUTE = "%Y%m%dT%H%M"
_BREAKS = re.compile(r"<(?:br|/p|/li|/ul|/ol|/div|/h[1-6]|/tr)\b[^>]*>", re.IGNORECASE)
_TAGS = re.compile(r"<[^>]*>")
_UNKEPT = re.compile(r"[\x00\ud800-\udfff]")
"""NUL and halves of characters, which no database keeps."""

_FLAWS = (KeyError, TypeError, ValueError, AttributeError, OverflowError)
"""What is raised where an object has not the shape that it should."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """Somebody who was taught something, when, and which day that was here."""

    who: Who
    training: str
    at: datetime
    day: date


@dataclass(frozen=True, kw_only=True)
class Export:
    """Files of one fab-manager, put together; `prefix` tells its numbers from those of others."""

    lists: Mapping[str, Sequence[Any]]
    zone: ZoneInfo
    prefix: str

    @property
    def counts(self) -> dict[str, int]:
        """How many objects each list has."""
        return {name: len(rows) for name, rows in self.lists.items()}

    def machines(self) -> list[MachineTold]:
        """Every machine that a list tells of, or a reservation."""
        return self._machines

    @cached_property
    def _machines(self) -> list[MachineTold]:
        told = {each.key: each for each in self._read("machines", self._machine)}
        for row in self.lists.get("reservations", ()):
            if _get(row, "reservable_type") == "Machine" and isinstance(
                row.get("reservable"), dict
            ):
                for each in _sound([row["reservable"]], self._machine):
                    told.setdefault(each.key, each)
        return _told_apart(list(told.values()), self.prefix)

    def _machine(self, row: Any) -> MachineTold:
        return _machine(row, self.prefix)

    def people(self) -> list[Who]:
        """Everybody who has an account, with their names."""
        return list({each.key: each for each in self._read("users", self._who)}.values())

    def _who(self, row: Any) -> Who:
        return _who(row, self.prefix)

    def trainings(self) -> list[str]:
        """What is taught."""
        names = [*self._read("trainings", _training), *(each.training for each in self.learned())]
        return list(dict.fromkeys(names))

    def learned(self) -> list[Learned]:
        """Who was taught what."""
        return [each for each in self._read("user_trainings", self._lesson) if each is not None]

    def _lesson(self, row: Any) -> Learned | None:
        if not isinstance(row.get("user"), dict):
            return None
        at = moment_told(row["created_at"])
        day = at.astimezone(self.zone).date()
        training = _training(row["training"])
        return Learned(who=self._who(row["user"]), training=training, at=at, day=day)

    def rows(self) -> Iterator[Row]:
        """The entries of every reservation; its place in the list stands for its line."""
        names = {each.key: each.name for each in self.machines()}
        for line, row in enumerate(self.lists.get("reservations", ()), start=1):
            try:
                yield from _entries(line, row, names, self.prefix)
            except _FLAWS as flaw:
                yield Row(line=line, problem=_problem(line, row, flaw))

    def _read(self, name: str, read: Callable[[Any], T]) -> list[T]:
        return list(_sound(self.lists.get(name, ()), read))


def is_export(content: bytes) -> bool:
    """Whether a file looks like one of these, rather than a table."""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def together(contents: Iterable[bytes]) -> bytes:
    """Several files as one. Raises SheetUnreadable."""
    lists: dict[str, list[Any]] = {}
    size = marks = 0
    for content in contents:
        size += len(content)
        marks += sum(map(content.count, (b",", b"[", b"{")))
        _refuse_too_much(size, marks)
        for name, rows in _lists_of(content).items():
            lists.setdefault(name, []).extend(rows)
    # No longer than the files were; halves of characters stay what they are.
    told = json.dumps(lists, ensure_ascii=False, separators=(",", ":"))
    return told.encode(errors="surrogatepass")


def open_export(content: bytes, *, zone: ZoneInfo, instance: str = FIRST) -> Export:
    """Read what `together` made of the files of one fab-manager. Raises SheetUnreadable."""
    return Export(lists=_lists_of(content), zone=zone, prefix=prefix_of(instance))


def _refuse_too_much(size: int, marks: int) -> None:
    if size > MAX_BYTES:
        raise SheetUnreadable(
            _("The file is larger than %(size)d MB.") % {"size": MAX_BYTES // 1_000_000}
        )
    if marks > MOST_MARKS:
        raise SheetUnreadable(
            _("The files hold more than %(most)d values. Bring fewer at once.")
            % {"most": MOST_MARKS}
        )


def _lists_of(content: bytes) -> dict[str, list[Any]]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise SheetUnreadable(_("This is no JSON that can be read.")) from error
    lists = {
        name: rows
        for name in LISTS
        if isinstance(found, dict) and isinstance(rows := found.get(name), list)
    }
    if not lists:
        raise SheetUnreadable(
            _("This JSON holds none of the lists of fab-manager: %(lists)s.")
            % {"lists": ", ".join(LISTS)}
        )
    return lists


def text_of(html: str | None) -> str:
    """HTML as lines of plain text."""
    text = _TAGS.sub("", _BREAKS.sub("\n", _clean(html)))
    lines = (" ".join(line.split()) for line in unescape(text).splitlines())
    return "\n".join(line for line in lines if line)


def _sound(rows: Iterable[Any], read: Callable[[Any], T]) -> Iterator[T]:
    """What is read of those that have the right shape."""
    for row in rows:
        try:
            yield read(row)
        except _FLAWS:
            continue


def _get(row: Any, name: str) -> Any:
    return row.get(name) if isinstance(row, dict) else None


def _clean(text: str | None) -> str:
    return _UNKEPT.sub("", text or "")


def _line(text: str | None, most: int) -> str:
    return " ".join(_clean(text).split())[:most]


def _number(told: Any) -> int:
    """An id. Raises ValueError, or what else is raised for what is no number."""
    number = int(told)
    if not 0 <= number < HIGHEST_ID:
        raise ValueError(number)
    return number


def _training(row: Any) -> str:
    return _line(row["name"], LONGEST_TRAINING)


def _machine(row: Any, prefix: str) -> MachineTold:
    return MachineTold(
        name=_line(row["name"], LONGEST_NAME),
        key=f"{prefix}{_number(row['id'])}",
        description=text_of(row.get("description")),
        details=_details(row.get("spec")),
        is_retired=bool(row.get("disabled")),
    )


def _details(spec: str | None) -> dict[str, str]:
    """“Puissance : 25 W” as a line of a sheet; what has no name is left to the description."""
    told = (line.partition(":") for line in text_of(spec).splitlines())
    return {
        name.strip()[:LONGEST_DETAIL_NAME]: value.strip()[:LONGEST_DETAIL]
        for name, _colon, value in told
        if name.strip() and value.strip()
    }


def _told_apart(machines: list[MachineTold], prefix: str) -> list[MachineTold]:
    """Machines of one name with their numbers, because a name is what a mapping knows."""
    names = Counter(each.name for each in machines)
    return [
        each
        if names[each.name] == 1
        else MachineTold(
            name=f"{each.name[:LONGEST_NUMBERED]} ({each.key.removeprefix(prefix)})",
            key=each.key,
            description=each.description,
            details=each.details,
            is_retired=each.is_retired,
        )
        for each in machines
    ]


def _who(row: Any, prefix: str) -> Who:
    email = _address(row.get("email"))
    name = _line(row.get("full_name"), LONGEST_PERSON) if email else ""
    return Who(key=email or f"{prefix}{_number(row['id'])}", email=email, name=name)


def _address(text: str | None) -> str:
    """An address to which one can write; nothing where it is none."""
    email = _clean(text).strip().casefold()
    try:
        validate_email(email)
    except ValidationError:
        return ""
    return email if len(email) <= LONGEST_ADDRESS else ""


def _entries(line: int, row: Any, names: Mapping[str, str], prefix: str) -> Iterator[Row]:
    if row["reservable_type"] != "Machine":
        yield Row(
            line=line,
            left_out=_("It keeps no machine: %(what)s.")
            % {"what": _line(str(row["reservable_type"]), LONGEST_NAME)},
        )
        return
    machine = names[f"{prefix}{_number(row['reservable_id'])}"]
    slots = [
        (
            Interval(moment_told(each["start_at"]), moment_told(each["end_at"])),
            bool(each.get("canceled_at")),
        )
        for each in row["reserved_slots"]
    ]
    kept = [span for span, is_cancelled in slots if not is_cancelled]
    if not kept:
        yield Row(line=line, machine=machine, left_out=_("It was cancelled."))
    every = sorted((span for span, _is_cancelled in slots), key=attrgetter("start"))
    for span in merge(kept):
        key = f"{prefix}{_number(row['id'])}:"
        yield Row(
            line=line,
            machine=machine,
            entry=Entry(
                kind=EntryKind.BOOKING,
                machine=machine,
                span=span,
                who=_holder(row, prefix),
                key=f"{key}{span.start:{_MINUTE}}",
                earlier_keys=tuple(f"{key}{at:{_MINUTE}}" for at in _begun_before(span, every)),
                made_at=moment_told(row["created_at"]),
            ),
        )


def _begun_before(span: Interval, slots: Sequence[Interval]) -> Iterator[datetime]:
    """When it began in an export from before the slots right before it were cancelled."""
    at, begin = bisect_left(slots, span.start, key=attrgetter("start")), span.start
    for slot in islice(reversed(slots), len(slots) - at, len(slots) - at + MOST_BEFORE):
        if slot.end < begin:
            return
        begin = slot.start
        yield begin


def _holder(row: Any, prefix: str) -> Who:
    if isinstance(row.get("user"), dict):
        return _who(row["user"], prefix)
    number = row.get("user_id")
    return Who(key=f"{prefix}{_number(number)}") if number else NOBODY


def _problem(line: int, row: Any, flaw: Exception) -> Problem:
    return Problem(
        line=line,
        column="reservations",
        value=json.dumps(row)[:80],
        message=_("It has not the shape of a reservation: %(flaw)s.") % {"flaw": flaw},
        is_error=True,
    )
