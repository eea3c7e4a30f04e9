"""Giving the time of a machine to somebody: judged, written, charged, with the locks held.

Reserving one machine, a unit of a pool, several at once or the dates of a series all end here.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from billing.services.contracts import charge_new
from booking.facts import BookingRequest
from booking.models import Reservation
from booking.services.changing import charge_company, touch_days
from booking.services.expiring import give_up
from booking.services.locking import lock
from booking.services.refusing import last_word_of_the_database, refuse
from booking.services.verdict import Verdict, occupy, tell_price, verdict_on
from booking.states import ReservationState
from machines.models import Machine
from machines.services.dirty import mark_spans
from members.models import Company, Member
from spaces.intervals import Interval
from spaces.prepared import plans_kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """In whose name time is asked for, by whom, and what for."""

    member: Member
    by: Member
    company: Company | None = None
    purpose: str = ""
    is_confidential: bool = False


def hold(claim: Claim, *, machines: Iterable[int], pools: Iterable[int] = ()) -> None:
    """Wait for all that a reservation by `claim` is counted or kept on, by their ids."""
    lock(
        companies=[claim.company.pk] if claim.company else [],
        members=[] if claim.company else [claim.member.pk],
        pools=pools,
        machines=machines,
    )


def judge(
    claim: Claim,
    *,
    machine: Machine,
    request: BookingRequest,
    now: datetime,
    excluding: Collection[Reservation] = (),
) -> Verdict:
    """What the rules say to `claim` on `machine`."""
    return verdict_on(
        machine=machine,
        member=claim.member,
        request=request,
        by=claim.by,
        company=claim.company,
        now=now,
        excluding=excluding,
    )


def place(
    claim: Claim,
    *,
    machine: Machine,
    request: BookingRequest,
    now: datetime,
    verdict: Verdict | None = None,
    **links: Any,
) -> Reservation:
    """Keep `machine` for `claim`; `links` say of what the row is a part: pool, series, bundle_id.

    Nobody is told. Raises BookingRefused with every rule broken, and TimeTaken if someone was
    faster. `verdict` spares judging again what was judged under the same locks.
    """
    verdict = verdict or judge(claim, machine=machine, request=request, now=now)
    refuse(verdict.refusals)
    row = Reservation(
        machine=machine,
        member=claim.member,
        company=claim.company,
        purpose=claim.purpose,
        is_confidential=claim.is_confidential,
        created_at=now,
        created_by=claim.by,
        **links,
    )
    tell_price(row, verdict)
    keep(row, request, verdict, by=claim.by, now=now)
    return row


def place_many(
    claim: Claim,
    *,
    judged: Sequence[tuple[Machine, BookingRequest, Verdict]],
    overdue: Collection[int],
    now: datetime,
    **links: Any,
) -> list[Reservation]:
    """Keep for `claim` each machine at its time, in as many queries as for one.

    Each is a date of a series in one space, and knows from which start it comes. Nobody is told.
    Raises TimeTaken if someone was faster.
    """
    rows = []
    for machine, request, verdict in judged:
        row = Reservation(
            machine=machine,
            member=claim.member,
            company=claim.company,
            purpose=claim.purpose,
            is_confidential=claim.is_confidential,
            created_at=now,
            created_by=claim.by,
            original_start_at=request.starts_at,
            **links,
        )
        tell_price(row, verdict)
        occupy(row, request, verdict)
        ask_for_approval(row, verdict, now=now)
        rows.append(row)
    give_up(overdue, now=now)
    if not rows:
        return []
    with last_word_of_the_database():
        Reservation.objects.bulk_create(rows)
    space = rows[0].machine.space
    if claim.company is not None:
        spans = {row.subject_key: row.span for row in rows}
        charge_new(company=claim.company, space=space, spans=spans, by=claim.by, now=now)
    mark_spans(
        ((row.machine_id, Interval(row.occupied_from, row.occupied_until)) for row in rows),
        space.zone,
    )
    return rows


def keep(
    row: Reservation, request: BookingRequest, verdict: Verdict, *, by: Member, now: datetime
) -> None:
    """Write `row` with the time judged, charge it, and compute its days again.

    Raises TimeTaken where somebody was faster.
    """
    occupy(row, request, verdict)
    ask_for_approval(row, verdict, now=now)
    # Whatever the job has done: to the database they would still hold the time.
    give_up(verdict.overdue, now=now)
    with last_word_of_the_database(), plans_kept():
        row.save()
    charge_company(row, by=by, now=now)
    touch_days(row.machine, row.occupied_from, row.occupied_until)


def ask_for_approval(row: Reservation, verdict: Verdict, *, now: datetime) -> None:
    """Have `row` wait for the staff where its terms ask for that, for any new time (RULES, C29).

    What staff itself reserves or moves needs nobody else, but a request that it moves is not
    approved by that. Time that is only held or already in use is not touched.
    """
    if row.state not in {ReservationState.PENDING, ReservationState.CONFIRMED}:
        return
    waits = row.state == ReservationState.PENDING or not verdict.is_by_staff
    if verdict.terms.approval_needed and waits:
        row.state = ReservationState.PENDING
        row.expires_at = min(now + verdict.terms.approval_hold, row.starts_at)
        row.decided_at, row.decided_by, row.decision = None, None, ""
    elif row.state == ReservationState.PENDING:
        row.state, row.expires_at = ReservationState.CONFIRMED, None
