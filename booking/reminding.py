"""Whether a reminder still serves when it is due: asked by the outbox before it is sent."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from booking import notices
from booking.models import InductionPlace, Reservation
from booking.notices import kinds
from booking.queries import ending
from booking.queries.overruns import still_runs
from booking.queries.presence import was_used
from booking.states import AHEAD as TO_COME
from booking.states import PlaceState, ReservationState
from machines.queries.stock import is_still_low
from notifications.models import Message

AHEAD = (ReservationState.CONFIRMED, ReservationState.IN_USE)


def is_wanted(reminder: Message) -> bool:
    """Whether what `reminder` calls to mind is still to come, and nothing else said so already."""
    return ASKED[reminder.kind](reminder)


def _still_begins(reminder: Message) -> bool:
    """Whether it will begin when the reminder says; what is told with another one is not asked."""
    row = _reservation(reminder, ReservationState.CONFIRMED)
    return row is not None and _is_of(reminder, row)


def _end_is_news(reminder: Message) -> bool:
    """Whether it goes on until then, and its holder has to leave."""
    row = _reservation(reminder, *AHEAD)
    if row is None or not _is_of(reminder, row):
        return False
    return not _stays_of(row).filter(starts_at=row.ends_at, state__in=AHEAD).exists()


def _others_are_concerned(reminder: Message) -> bool:
    """Whether the reservation will still begin when its colleagues or the staff were told."""
    row = _reservation(reminder, ReservationState.CONFIRMED)
    return row is not None and row.starts_at == _moment(reminder, "starts_at")


def _nobody_has_come(reminder: Message) -> bool:
    """Whether the reservation still waits for its check-in."""
    row = _reservation(reminder, ReservationState.CONFIRMED)
    if row is None or row.starts_at != _moment(reminder, "starts_at"):
        return False
    return not was_used(row, until=row.ends_at)


def _use_goes_on(warning: Message) -> bool:
    """Whether the machine is still in use past the end that the message tells of."""
    ends_at = "expected_end_at" if warning.kind == notices.STILL_IN_USE else "ends_at"
    if not still_runs(warning.context["session"], _moment(warning, ends_at)):
        return False
    return warning.kind != notices.STILL_IN_USE or _others_are_concerned(warning)


def _upkeep_is_planned(reminder: Message) -> bool:
    rows = Reservation.objects.named(reminder.subject_key).maintenance()
    return rows.filter(starts_at=_moment(reminder, "starts_at")).exists()


def _still_ends(rows: Callable[[], "QuerySet[Any]"]) -> Callable[[Message], bool]:
    """Asks whether the thing ends on the day that the reminder names, and nothing follows."""

    def is_wanted(reminder: Message) -> bool:
        pk = reminder.subject_key.rpartition(":")[2]
        last = date.fromisoformat(reminder.context["end_date"])
        return rows().filter(pk=pk, end_date=last).exists()

    return is_wanted


def _is_still_low(reminder: Message) -> bool:
    """Whether nobody has filled it up since."""
    pk = reminder.subject_key.rpartition(":")[2]
    return is_still_low(int(pk), since=_moment(reminder, "low_since"))


def _induction_takes_place(reminder: Message) -> bool:
    """Whether who is reminded still has a seat in it."""
    _subject, induction, member = reminder.subject_key.split(":")
    seats = InductionPlace.objects.filter(
        induction=int(induction), member=int(member), state=PlaceState.SEATED
    )
    return seats.filter(
        induction__state__in=TO_COME, induction__starts_at=_moment(reminder, "starts_at")
    ).exists()


ASKED: dict[str, Callable[[Message], bool]] = {
    notices.REMINDER: _still_begins,
    notices.ENDING: _end_is_news,
    notices.COMING: _others_are_concerned,
    notices.CHECK_IN_MISSED: _nobody_has_come,
    notices.MAINTENANCE_DUE: _upkeep_is_planned,
    notices.STOCK_LOW: _is_still_low,
    kinds.INDUCTION_SOON: _induction_takes_place,
    notices.USE_OVERRUNS: _use_goes_on,
    notices.STILL_IN_USE: _use_goes_on,
    notices.CERTIFICATION_ENDS: _still_ends(ending.certifications_ending),
    notices.MEMBERSHIP_ENDS: _still_ends(ending.memberships_ending),
    notices.CONTRACT_ENDS: _still_ends(ending.contracts_ending),
}
"""Who knows of which kind; settings name this room for each of them."""


def _reservation(reminder: Message, *states: ReservationState) -> Reservation | None:
    return Reservation.objects.named(reminder.subject_key).filter(state__in=states).first()


def _is_of(reminder: Message, row: Reservation) -> bool:
    """Whether it reminds of `row` as it stands, and not of a time that it had before."""
    return reminder.dedupe_key.startswith(notices.stem_of(reminder.kind, row))


def _moment(reminder: Message, name: str) -> datetime:
    return datetime.fromisoformat(reminder.context[name])


def _stays_of(row: Reservation) -> QuerySet[Reservation]:
    """What the holder of `row` has on the same machine, or on any unit of the same pool."""
    where = Q(machine=row.machine_id)
    if row.pool_id is not None:
        where |= Q(pool=row.pool_id)
    return Reservation.objects.filter(where, member=row.member_id)
