"""Whether a reminder still serves when it is due: asked by the outbox before it is sent."""

from collections.abc import Callable, Iterable
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
from booking.states import MAX_SPAN, PlaceState, ReservationState
from machines.queries.stock import is_still_low
from notifications.models import Message
from notifications.states import MessageState

AHEAD = (ReservationState.CONFIRMED, ReservationState.IN_USE)
KEPT = (*AHEAD, ReservationState.COMPLETED)
UNSAID = (MessageState.WITHDRAWN, MessageState.EXPIRED, MessageState.FAILED)


def is_wanted(reminder: Message) -> bool:
    """Whether what `reminder` calls to mind is still to come, and nothing else said so already."""
    return ASKED[reminder.kind](reminder)


def _start_is_news(reminder: Message) -> bool:
    """Whether it will begin, and nobody was reminded of what leads up to it.

    Reservations of one person on one machine, each beginning when the one before ends, are one
    stay at the machine: one reminder is enough for all of it.
    """
    row = _reservation(reminder, ReservationState.CONFIRMED)
    stem = row and notices.stem_of(reminder.kind, row)
    if row is None or not stem or not reminder.dedupe_key.startswith(stem):
        return False
    how_early = reminder.dedupe_key.removeprefix(stem)
    keys = [notices.stem_of(reminder.kind, each) + how_early for each in _leading_up_to(row)]
    return not Message.objects.filter(dedupe_key__in=keys).exclude(state__in=UNSAID).exists()


def _end_is_news(reminder: Message) -> bool:
    """Whether it goes on until then, and its holder has to leave."""
    row = _reservation(reminder, *AHEAD)
    if row is None or not reminder.dedupe_key.startswith(notices.stem_of(reminder.kind, row)):
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
    notices.REMINDER: _start_is_news,
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


def _moment(reminder: Message, name: str) -> datetime:
    return datetime.fromisoformat(reminder.context[name])


def _stays_of(row: Reservation) -> QuerySet[Reservation]:
    """What the holder of `row` has on the same machine, or on any unit of the same pool."""
    where = Q(machine=row.machine_id)
    if row.pool_id is not None:
        where |= Q(pool=row.pool_id)
    return Reservation.objects.filter(where, member=row.member_id)


def _leading_up_to(row: Reservation) -> Iterable[Reservation]:
    """What its holder has there right before it, without a gap."""
    before = _stays_of(row).filter(
        state__in=KEPT, starts_at__gte=row.starts_at - MAX_SPAN, ends_at__lte=row.starts_at
    )
    begins = row.starts_at
    for each in before.order_by("-ends_at"):
        if each.ends_at == begins:
            yield each
            begins = each.starts_at
