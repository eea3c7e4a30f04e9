"""Another time for a reservation: what moving a named machine and any unit of a pool share."""

from datetime import datetime

from booking import notices
from booking.facts import BookingRequest, Terms
from booking.models import Reservation, UsageSession
from booking.queries.pools import Stored, units_of
from booking.queries.terms import terms_of_reservation
from booking.services.actions import reasons_not_to_change, reasons_not_to_move
from booking.services.allocation import choose, units_exchanged
from booking.services.changing import locked, touch_days
from booking.services.locking import in_transaction
from booking.services.placing import keep
from booking.services.refusing import refuse, refused_tries_kept
from booking.services.verdict import MOVING, Verdict, tell_price, verdicts_on
from booking.states import UPCOMING
from machines.models import Machine, Pool
from members.models import Member


def move_in_pool(
    *,
    reservation: Reservation,
    pool: Pool,
    request: BookingRequest,
    by: Member,
    now: datetime,
    purpose: str | None = None,
) -> Reservation:
    """Give a reservation of `pool` another time, on whichever unit is free then.

    It stays on its unit where it can; others of the pool may make room (RULES, C15). Raises
    BookingRefused and TimeTaken as reserving and moving do.
    """

    def work() -> Reservation:
        units = units_of(pool)
        row = locked(reservation, *units, pools=[pool.pk])
        terms = terms_of_reservation(row)
        if request.is_just(row.span) and row.state in UPCOMING:
            return renamed(row, purpose, terms=terms, by=by, now=now)
        refuse(reasons_not_to_move(row, terms=terms, by=by, now=now))
        verdicts = verdicts_on(
            machines=units,
            member=row.member or by,
            request=request,
            by=by,
            company=row.company,
            now=now,
            excluding=[row],
            rules=MOVING,
        )
        previous = row.span
        choice = choose(units, verdicts, request, Stored(pool, now, row), excluding=row)
        with units_exchanged(choice.moved, units):
            write_move(
                row,
                request,
                choice.verdict,
                target=choice.unit,
                by=by,
                now=now,
                purpose=purpose,
            )
        notices.reservation_moved(row, by=by, now=now, previous=previous)
        return row

    with refused_tries_kept(pool=pool, member=reservation.member, request=request, now=now):
        return in_transaction(work)


def renamed(
    row: Reservation, purpose: str | None, *, terms: Terms, by: Member, now: datetime
) -> Reservation:
    """Give `row` another purpose where one is named; its time is not touched."""
    if purpose not in (None, row.purpose):
        refuse(reasons_not_to_change(row, terms=terms, by=by, now=now))
        row.purpose = purpose
        row.save(update_fields=["purpose"])
    return row


def write_move(
    row: Reservation,
    request: BookingRequest,
    verdict: Verdict,
    *,
    target: Machine,
    by: Member,
    now: datetime,
    purpose: str | None,
) -> None:
    """Write the time that was judged for `row` on `target`; nobody is told.

    Raises TimeTaken where somebody was faster.
    """
    touch_days(row.machine, row.occupied_from, row.occupied_until)
    row.machine = target
    if purpose is not None:
        row.purpose = purpose
    row.sequence += 1
    tell_price(row, verdict)
    keep(row, request, verdict, by=by, now=now)
    UsageSession.objects.open().filter(reservation=row).update(expected_end_at=row.ends_at)
