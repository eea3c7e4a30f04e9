"""The faults of a space: to work through, to look back at, and one with all that happened to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, IntegerField, Q, When

from machines.models import Fault, FaultEntry, Machine, Stoppage
from machines.models.fault import FaultQuerySet
from machines.states import FaultEvent, FaultFilter, Severity
from members.models import Member
from spaces.models import Space

LATELY = timedelta(days=7)
"""How long what was resolved stays on the board."""

MOST_IN_COLUMN = 50
"""The cards of a column of the board; the list has the rest."""

PARTS = ("machine__space", "machine__room", "reported_by", "assigned_to", "duplicate_of")

WORST_FIRST = Case(
    *(When(severity=severity, then=rank) for rank, severity in enumerate(reversed(Severity))),
    output_field=IntegerField(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultBoard:
    """The faults of a space by what is to be done about them, the worst first."""

    new: list[Fault]
    waiting: list[Fault]
    in_hand: list[Fault]
    resolved: list[Fault]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing on it at all."""
        return not (self.new or self.waiting or self.in_hand or self.resolved)


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultStory:
    """A fault with its log, and who stands still for it."""

    fault: Fault
    entries: list[FaultEntry]
    stopped: list[Stoppage]


def reports_without_name(machine: Machine, *, since: datetime) -> int:
    """How many people without an account have reported something on `machine`."""
    rows = Fault.objects.filter(machine=machine, reported_by=None, starts_at__gt=since)
    return rows.exclude(found="").count()


def stops_without_name(space: Space, *, since: datetime) -> int:
    """How many people without an account have said that somebody could get hurt in `space`.

    Counted by what they said, whatever the staff makes of it since.
    """
    rows = Fault.objects.filter(machine__space=space, reported_by=None, starts_at__gt=since)
    told = {"entries__event": FaultEvent.REPORTED, "entries__severity": Severity.HAZARD}
    return rows.exclude(found="").filter(**told).count()


def reports_of(member: Member, *, since: datetime) -> int:
    """How many faults `member` has reported at machines, wherever."""
    rows = Fault.objects.filter(reported_by=member, starts_at__gt=since)
    return rows.exclude(found="").count()


def filtered_faults(
    of: Space | Member,
    *,
    state: FaultFilter,
    by: Member,
    now: datetime,
    text: str = "",
    severity: str = "",
) -> FaultQuerySet:
    """The faults of a space, or those that a member reported, that match every filter given.

    The latest comes first; “mine” are those that `by` has taken on.
    """
    whose = {"machine__space" if isinstance(of, Space) else "reported_by": of}
    rows = Fault.objects.filter(_of_state(state, by, now), **whose)
    if text:
        rows = rows.filter(
            Q(summary__icontains=text) | Q(known__icontains=text) | Q(machine__name__icontains=text)
        )
    if severity:
        rows = rows.filter(severity=severity)
    return rows.select_related(*PARTS)


def _of_state(state: FaultFilter, by: Member, now: datetime) -> Q:
    is_open = Q(ends_at=None)
    return {
        FaultFilter.OPEN: is_open,
        FaultFilter.NEW: is_open & Q(judged_at=None),
        FaultFilter.MINE: is_open & Q(assigned_to=by),
        FaultFilter.NOBODYS: is_open & Q(assigned_to=None),
        FaultFilter.STOPPING: is_open & Q(stops_machine=True),
        FaultFilter.OVERDUE: is_open & Q(expected_at__lte=now),
        FaultFilter.RESOLVED: ~is_open,
        FaultFilter.ALL: Q(),
    }[state]


def board_of_faults(space: Space, *, now: datetime) -> FaultBoard:
    """What is to be done in `space`, in two queries."""
    rows = Fault.objects.filter(machine__space=space).select_related(*PARTS)
    columns: dict[str, list[Fault]] = {"new": [], "waiting": [], "in_hand": []}
    for fault in rows.open().order_by("-is_unstopped_hazard", WORST_FIRST, "starts_at", "pk"):
        columns[_column_of(fault)].append(fault)
    resolved = rows.filter(ends_at__gt=now - LATELY).order_by("-ends_at", "-pk")
    return FaultBoard(
        **{name: found[:MOST_IN_COLUMN] for name, found in columns.items()},
        resolved=list(resolved[:MOST_IN_COLUMN]),
    )


def _column_of(fault: Fault) -> str:
    if fault.judged_at is None:
        return "new"
    return "waiting" if fault.assigned_to_id is None else "in_hand"


def story_of(fault: Fault, *, is_staff: bool) -> FaultStory:
    """What happened to `fault`, as far as the reader may know it; three queries."""
    entries = fault.entries.select_related("created_by").prefetch_related("photos")
    if not is_staff:
        entries = entries.filter(is_shared=True)
    running = fault.stoppages.open().select_related("machine").order_by("machine__name")
    return FaultStory(fault=fault, entries=list(entries), stopped=list(running))


def originals_for(fault: Fault) -> list[Fault]:
    """The open faults of the same machine that `fault` may turn out to be."""
    rows = Fault.objects.open().filter(machine=fault.machine_id).exclude(pk=fault.pk)
    return list(rows)


def reporters_of(fault: Fault) -> list[Member]:
    """Who has reported `fault`, or one that is the same, and is to be told how it goes on."""
    rows = Member.objects.filter(
        Q(pk=fault.reported_by_id)
        | Q(pk__in=Fault.objects.filter(duplicate_of=fault).values("reported_by")),
        is_active=True,
    )
    return list(rows.order_by("pk"))


def overdue_faults(*, since: datetime, now: datetime) -> list[Fault]:
    """Open faults that stop a machine and were thought to be mended lately."""
    rows = Fault.objects.overdue(now).stopping().filter(expected_at__gt=since)
    return list(rows.select_related(*PARTS).order_by("expected_at", "pk"))
