"""Writing the past of a space: its machines, people, certifications, and what took place.

All of it is one transaction under the locks of its machines, so that the plan holds until the last
row is written. Nobody is told anything: it was long ago.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from booking.history.entries import HELD, NOBODY, Entry, EntryKind
from booking.models import HistoryImport, ImportedRow, Reservation, UsageSession
from booking.services.history.learning import Lessons, plan_lessons, write_lessons
from booking.services.history.people import People
from booking.services.history.places import Places
from booking.services.history.planning import Fate, Judged, Planner, Preview, preview_rows
from booking.services.history.sources import Source, source_of
from booking.services.locking import lock
from booking.states import ReservationKind, ReservationState, SessionSource
from machines.models import Fault, ImportDraft, Stoppage
from machines.services.dirty import mark_spans
from machines.services.drafts import settle
from machines.services.holding import hold_machines_of
from machines.services.progress import progress_of
from machines.services.writing import Tell, untold
from members.models import Member
from spaces.batches import batched
from spaces.models import Space

AT_ONCE = 1000
"""How many rows are written between two tellings of how far it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was planned, and what was written, if anything."""

    preview: Preview
    lessons: Lessons
    history: HistoryImport | None = None


def preview_history(space: Space, source: Source, *, now: datetime) -> Outcome:
    """What `import_history` would do now."""
    places = _places(space, source)
    preview = preview_rows(space, source.rows(), places, now=now)
    return Outcome(preview=preview, lessons=plan_lessons(space, source, places))


def judged_rows(space: Space, source: Source, *, now: datetime) -> Iterator[Judged]:
    """Every row with its fate, one after the other."""
    return Planner(space, _places(space, source), now=now).judged(source.rows())


def _places(space: Space, source: Source) -> Places:
    return Places(space, source.machines, source.told(), source.unknown)


def import_draft(draft: ImportDraft, *, now: datetime) -> Outcome:
    """Import a draft as it was asked for; all the while it tells how far it is."""
    with progress_of(draft) as tell, transaction.atomic():
        done = import_history(
            space=draft.space,
            source=source_of(draft),
            good_rows_only=draft.good_rows_only,
            by=draft.member,
            now=now,
            tell=tell,
        )
        preview = done.preview
        settle(
            draft,
            is_written=done.history is not None,
            counts={fate: preview.counts[fate] for fate in Fate},
            rejected=[each.as_problem for each in preview.shown[Fate.REJECTED]],
            rejected_count=preview.counts[Fate.REJECTED],
            change=None,
        )
    return done


@transaction.atomic
def import_history(
    *,
    space: Space,
    source: Source,
    good_rows_only: bool,
    by: Member | None,
    now: datetime,
    tell: Tell = untold,
) -> Outcome:
    """Write what `source` tells of the past of `space`; what is here already is not doubled.

    Nothing is written where a row is rejected, unless `good_rows_only`.
    """
    hold_machines_of(space.pk)
    places = _places(space, source)
    lock(machines=_machines_told(source, places))
    outcome = preview_history(space, source, now=now)
    if not (outcome.preview.is_clean or good_rows_only):
        return outcome
    names = [*source.told(), *outcome.preview.needed]
    change = places.make(dict.fromkeys(names), filename=source.filename, by=by, now=now)
    history = HistoryImport.objects.create(
        space=space,
        filename=source.filename[-200:],
        instance=source.instance,
        change=change,
        made_at=now,
        made_by=by,
    )
    writer = _Writer(history, People(space))
    write_lessons(history, source, writer.people)
    planner = Planner(space, places, now=now)
    total = outcome.preview.counts[Fate.NEW]
    written = writer.write_all(planner.judged(source.rows()), total=total, tell=tell)
    history.counts = {str(fate): written.counts[fate] for fate in Fate}
    history.save(update_fields=["counts"])
    history.people.set(writer.people.made)
    return Outcome(preview=written, lessons=outcome.lessons, history=history)


def _machines_told(source: Source, places: Places) -> set[int]:
    """Those of the space that a row of the source, or its list of machines, means."""
    names = {row.machine for row in source.rows() if row.machine} | source.told().keys()
    return {here.pk for name in names if (here := places.of(name).here)}


class _Writer:
    """Writes rows of one import."""

    def __init__(self, history: HistoryImport, people: People) -> None:
        self._history, self.people = history, people
        self._by, self._now = history.made_by, history.made_at

    def write_all(self, judged: Iterable[Judged], *, total: int, tell: Tell) -> Preview:
        """Make those that are new, telling how far it is; what became of all."""
        written = Preview()
        done = 0
        for some in batched(_taken(judged, written), AT_ONCE):
            tell(done, total)
            self.write(some)
            done += len(some)
        return written

    def write(self, judged: Iterable[Judged]) -> None:
        """Make the rows that these come to, and mark the days that they touch."""
        taken = [
            (each.key, each.place.machine.pk, each.row.entry)
            for each in judged
            if each.row.entry and each.place and each.place.machine
        ]
        members = self.people.members(
            entry.who or NOBODY
            for _key, _machine, entry in taken
            if entry.who or entry.kind in HELD
        )
        lines: list[ImportedRow] = []
        reservations, sessions, faults = [], [], []
        for key, machine, entry in taken:
            who = entry.who or (NOBODY if entry.kind in HELD else None)
            member = members[who.key] if who else None
            line = ImportedRow(history=self._history, space_id=self._history.space_id, key=key)
            lines.append(line)
            if entry.kind == EntryKind.USE:
                line.session = self._session(machine, member, entry)
                sessions.append(line.session)
            elif entry.kind == EntryKind.STOPPAGE:
                line.fault = self._fault(machine, entry)
                faults.append(line.fault)
            else:
                line.reservation = self._reservation(machine, member, entry)
                reservations.append(line.reservation)
        Reservation.objects.bulk_create(reservations)
        UsageSession.objects.bulk_create(sessions)
        Fault.objects.bulk_create(faults)
        Stoppage.objects.bulk_create(map(_stoppage, faults))
        ImportedRow.objects.bulk_create(lines)
        mark_spans(
            ((machine, entry.span) for _key, machine, entry in taken), self._history.space.zone
        )

    def _reservation(self, machine: int, member: Member | None, entry: Entry) -> Reservation:
        span = entry.span
        is_upkeep = entry.kind == EntryKind.MAINTENANCE
        came = entry.kind != EntryKind.NO_SHOW
        return Reservation(
            machine_id=machine,
            kind=ReservationKind.MAINTENANCE if is_upkeep else ReservationKind.BOOKING,
            state=ReservationState.COMPLETED if came else ReservationState.NO_SHOW,
            member=member,
            starts_at=span.start,
            ends_at=span.end,
            occupied_from=span.start,
            occupied_until=span.end,
            purpose=entry.note,
            created_at=entry.made_at or self._now,
            created_by=self._by,
        )

    def _session(self, machine: int, member: Member | None, entry: Entry) -> UsageSession:
        return UsageSession(
            machine_id=machine,
            member=member,
            started_at=entry.span.start,
            ended_at=entry.span.end,
            source=SessionSource.IMPORT,
            note=entry.note,
        )

    def _fault(self, machine: int, entry: Entry) -> Fault:
        return Fault(
            machine_id=machine,
            summary=entry.note or _("It stood still, as a log from earlier says."),
            starts_at=entry.span.start,
            ends_at=entry.span.end,
            judged_at=self._now,
            resolved_by=self._by,
        )


def _taken(judged: Iterable[Judged], written: Preview) -> Iterator[Judged]:
    """The rows that are to be made; all are counted."""
    for each in judged:
        written.take(each)
        if each.fate is Fate.NEW:
            yield each


def _stoppage(fault: Fault) -> Stoppage:
    return Stoppage(
        fault=fault, machine_id=fault.machine_id, starts_at=fault.starts_at, ends_at=fault.ends_at
    )
