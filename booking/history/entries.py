"""What the files of a space's past come to: one entry for each thing that once took place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from machines.sheets.rows import Problem
from spaces.intervals import Interval


class EntryKind(TextChoices):
    """What took place."""

    USE = "use", _("use of a machine")
    BOOKING = "booking", _("reservation")
    NO_SHOW = "no_show", _("no-show")
    MAINTENANCE = "maintenance", _("maintenance")
    STOPPAGE = "stoppage", _("stoppage")
    NOTHING = "nothing", _("did not take place")


KEEPING_TIME = (EntryKind.BOOKING, EntryKind.MAINTENANCE)
"""Of these a machine has one at a time; whoever did not come kept nobody away."""


HELD = (EntryKind.BOOKING, EntryKind.NO_SHOW)
"""What somebody held, whether or not a file says who."""


class MachineChoice(TextChoices):
    """What becomes of a name that no machine of the space has."""

    UNDECIDED = "", _("not decided")
    NEW = "new", _("a new machine")
    RETIRED = "retired", _("a new machine, retired already")
    SKIP = "skip", _("leave its rows out")


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Somebody as a file names them; with a `name` they are to have an account."""

    key: str
    email: str = ""
    name: str = ""


NOBODY = Who(key="nobody")
"""Whom a file does not name, or no longer; whether they are one or several nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that took place on a machine; `key` is what its source calls it by, if at all.

    `earlier_keys` are those under which an earlier export may have told it, when it was longer;
    `made_at` is when it was agreed on, where the source tells.
    """

    kind: EntryKind
    machine: str
    span: Interval
    who: Who | None = None
    note: str = ""
    key: str = ""
    earlier_keys: tuple[str, ...] = ()
    made_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a file: an entry, or the problem for which there is none.

    `left_out` says why something that is in order is not taken; remarks are doubts.
    """

    line: int
    machine: str = ""
    entry: Entry | None = None
    problem: Problem | None = None
    left_out: str = ""
    remarks: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineTold:
    """A machine as a file of the past describes it; `key` finds it again."""

    name: str
    key: str = ""
    description: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    is_retired: bool = False
