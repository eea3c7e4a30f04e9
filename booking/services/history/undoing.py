"""Taking an import of the past back, as far as nobody has built on it since."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Model, ProtectedError, QuerySet, RestrictedError

from booking.models import HistoryImport, Reservation, UsageSession
from booking.services.inventory import NothingToTakeBack, take_back
from booking.services.locking import lock
from booking.services.taking import refuse_strangers
from machines.models import Fault
from machines.services.dirty import mark_spans
from machines.services.holding import hold_machines_of
from members.models import Certification, Member
from spaces.batches import batched
from spaces.intervals import Interval

AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How many rows are gone, and how many stay because something hangs on them."""

    gone: int
    kept: int


@transaction.atomic
def undo_import(*, history: HistoryImport, by: Member, now: datetime) -> TakenBack:
    """Take away what an import brought; what has been corrected or linked since stays.

    Machines that it made leave service, certifications count no more, and people of whom nothing
    else tells are forgotten. Raises NothingToTakeBack, and BookingRefused for who does not work
    for the space.
    """
    refuse_strangers(by, history.space)
    hold_machines_of(history.space_id)
    row = HistoryImport.objects.select_for_update(of=("self",)).get(pk=history.pk)
    if row.undone_at is not None:
        raise NothingToTakeBack
    before = row.rows.count()
    _lock_machines(row)
    sessions = UsageSession.objects.filter(
        imported__history=row, corrections=None, versions=None, answers=None
    )
    reservations = Reservation.objects.filter(imported__history=row, sessions=None)
    gone = _take_away(row, sessions, "started_at", "ended_at")
    gone += _take_away(row, reservations, "starts_at", "ends_at")
    gone += _take_away(row, Fault.objects.filter(imported__history=row), "starts_at", "ends_at")
    Certification.objects.standing().filter(pk__in=row.certifications.values("pk")).update(
        revoked_at=now, revoked_by=by
    )
    _forget(row)
    if row.change is not None:
        _take_machines_back(row, by=by, now=now)
    row.undone_at, row.undone_by = now, by
    row.save(update_fields=["undone_at", "undone_by"])
    return TakenBack(gone=gone, kept=before - gone)


def _lock_machines(history: HistoryImport) -> None:
    machines: set[int] = set()
    for kept in ("reservation", "session", "fault"):
        rows = history.rows.filter(**{f"{kept}__isnull": False})
        machines |= set(rows.values_list(f"{kept}__machine_id", flat=True).distinct())
    lock(machines=machines)


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
    for member in history.people.filter(is_active=False, last_login=None):
        try:
            with transaction.atomic():
                member.delete()
        except (ProtectedError, RestrictedError):
            continue


def _take_machines_back(history: HistoryImport, *, by: Member, now: datetime) -> None:
    try:
        if history.change is not None:
            take_back(change=history.change, by=by, now=now)
    except NothingToTakeBack:
        return
