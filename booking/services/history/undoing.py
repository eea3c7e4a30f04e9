"""Taking an import of the past back, as far as nobody has built on it since."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db.models import Exists, ManyToOneRel, Model, OuterRef, QuerySet

from booking.models import HistoryImport, Reservation, UsageSession
from booking.services.inventory import NothingToTakeBack, held_with, take_back
from booking.services.locking import in_transaction, lock
from booking.services.taking import refuse_strangers
from machines.models import Fault
from machines.services.dirty import mark_spans
from machines.services.holding import hold_machines_of
from members.models import Certification, Member
from notifications.states import retry_after
from spaces.batches import batched
from spaces.intervals import Interval

AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How many rows are gone, and how many stay because something hangs on them."""

    gone: int
    kept: int


def ask_for_undo(*, history: HistoryImport, by: Member, now: datetime) -> None:
    """Have a worker take an import back: of hundreds of thousands of rows that takes a minute.

    Raises NothingToTakeBack where somebody asked already, and BookingRefused for who does not work
    for the space.
    """
    refuse_strangers(by, history.space)
    standing = HistoryImport.objects.filter(pk=history.pk, undone_at=None, undo_asked_at=None)
    if not standing.update(undo_asked_at=now, undo_attempts=0, undo_outcome={}, undone_by=by):
        raise NothingToTakeBack


def take_undo(history: HistoryImport, *, now: datetime) -> None:
    """Count a try, and put the next one off: most of what fails passes by itself."""
    history.undo_attempts += 1
    history.undo_asked_at = now + retry_after(history.undo_attempts)
    history.save(update_fields=["undo_attempts", "undo_asked_at"])


def give_undo_up(history: HistoryImport) -> None:
    """Leave an import as it is, unless another worker is at it; it may be asked for again."""
    HistoryImport.objects.filter(
        pk=history.pk, undone_at=None, undo_asked_at=history.undo_asked_at
    ).update(undo_asked_at=None, undo_outcome={"failed": True})


def undo_import(*, history: HistoryImport, by: Member, now: datetime) -> TakenBack:
    """Take away what an import brought; what has been corrected or linked since stays.

    Machines that it made leave service, certifications count no more, and people of whom nothing
    else tells are forgotten. Raises NothingToTakeBack, and BookingRefused for who does not work
    for the space.
    """
    refuse_strangers(by, history.space)
    return in_transaction(lambda: _undone(history, by=by, now=now))


def _undone(history: HistoryImport, *, by: Member, now: datetime) -> TakenBack:
    hold_machines_of(history.space_id)
    row = HistoryImport.objects.select_for_update(of=("self",)).get(pk=history.pk)
    if row.undone_at is not None:
        raise NothingToTakeBack
    before = row.rows.count()
    _lock_all_of(row)
    sessions = UsageSession.objects.filter(
        imported__history=row, corrections=None, versions=None, answers=None
    )
    reservations = Reservation.objects.filter(imported__history=row, sessions=None)
    gone = _take_away(row, sessions, "started_at", "ended_at")
    gone += _take_away(row, reservations, "starts_at", "ends_at")
    faults = Fault.objects.filter(imported__history=row, entries=None, duplicates=None)
    gone += _take_away(row, faults, "starts_at", "ends_at")
    Certification.objects.standing().filter(pk__in=row.certifications.values("pk")).update(
        revoked_at=now, revoked_by=by
    )
    _forget(row)
    if row.change is not None:
        _take_machines_back(row, by=by, now=now)
    done = TakenBack(gone=gone, kept=before - gone)
    row.undone_at, row.undone_by, row.undo_outcome = now, by, asdict(done)
    row.save(update_fields=["undone_at", "undone_by", "undo_outcome"])
    return done


def _lock_all_of(history: HistoryImport) -> None:
    """Wait for its machines, and for all that taking back what it made waits for, in one order."""
    pools, machines = held_with(history.change) if history.change else (set(), set())
    for kept in ("reservation", "session", "fault"):
        rows = history.rows.filter(**{f"{kept}__isnull": False})
        machines |= set(rows.values_list(f"{kept}__machine_id", flat=True).distinct())
    lock(pools=pools, machines=machines)


def _take_away(history: HistoryImport, rows: "QuerySet[Model]", start: str, end: str) -> int:
    """Delete `rows` and mark the days that they touched; how many there were."""
    found = list(rows.order_by("pk").values_list("pk", "machine_id", start, end))
    for some in batched(found, AT_ONCE):
        mark_spans(
            ((machine, Interval(first, last)) for _pk, machine, first, last in some),
            history.space.zone,
        )
        rows.filter(pk__in=[pk for pk, *_rest in some]).delete()
    return len(found)


def _forget(history: HistoryImport) -> None:
    """Let go the people whom the import made and of whom nothing else tells."""
    asleep = history.people.filter(is_active=False, last_login=None).order_by("pk")
    # While they are held nobody can write anything that points at them.
    held = list(asleep.select_for_update(of=("self",)).values_list("pk", flat=True))
    for some in batched(held, AT_ONCE):
        _told_of_nowhere(history, some).delete()


def _told_of_nowhere(history: HistoryImport, people: Iterable[int]) -> QuerySet[Member]:
    """Those of `people` at whom no row of any table points but the list of this import."""
    rows = Member.objects.filter(pk__in=list(people))
    for relation in Member._meta.get_fields(include_hidden=True):  # noqa: SLF001 - documented
        if not isinstance(relation, ManyToOneRel):
            continue
        table = relation.related_model
        kept = table._base_manager  # noqa: SLF001 - documented
        pointing = kept.filter(**{relation.field.name: OuterRef("pk")})
        if table is HistoryImport.people.through:
            pointing = pointing.exclude(historyimport=history)
        if table is EmailAddress:
            # Somebody signed up with it, and never read the mail.
            pointing = pointing.filter(verified=True)
        rows = rows.exclude(Exists(pointing))
    return rows


def _take_machines_back(history: HistoryImport, *, by: Member, now: datetime) -> None:
    try:
        if history.change is not None:
            take_back(change=history.change, by=by, now=now)
    except NothingToTakeBack:
        return
