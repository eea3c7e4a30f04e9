"""Members who exchange times, or hand one over: proposed by one, accepted by the other.

Nothing is given back meanwhile, so the window for cancelling does not bind them; every other
rule is asked of both when it is accepted (docs/decisions).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.db.models import Q
from django.utils.translation import gettext as _
from schedule.models import Occurrence

from booking import notices
from booking.facts import BookingRequest, Refusal
from booking.models import Exchange, Reservation, Series
from booking.queries.exchanges import PARTS as OF_BOTH
from booking.queries.exchanges import exchangeable, times_of_others
from booking.rules import not_allowed
from booking.services.allocation import only_checked_at_the_end
from booking.services.changing import PARTS, is_theirs, spare_company
from booking.services.locking import MovedAway, in_transaction, lock
from booking.services.moving import write_move
from booking.services.placing import keep
from booking.services.refusing import refuse
from booking.services.verdict import MOVING, Verdict, tell_price, verdict_on, verdict_on_row
from booking.states import EXCHANGE_HOLD, ExchangeState
from machines.models import Machine
from members.models import Member


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What is offered, to whom, and for what; without `in_return` it is handed over.

    Whom it goes to is told by an `address`: who proposes does not learn whether somebody has it.
    """

    reservation: Reservation
    by: Member
    address: str = ""
    in_return: Reservation | None = None
    note: str = ""


def propose(proposal: Proposal, *, now: datetime) -> Exchange:
    """Ask the other member, who is told by mail; nothing changes until they accept.

    An address that no member has is asked like any other, and nobody ever answers. Raises
    BookingRefused with NOT_ALLOWED.
    """

    def work() -> Exchange:
        rows = _locked(proposal.reservation, proposal.in_return)
        expire_exchanges(now, only=rows)
        refuse(_reasons_not_to_propose(proposal, rows, now=now))
        row, in_return = rows[0], rows[1] if len(rows) > 1 else None
        exchange = Exchange.objects.create(
            reservation=row,
            in_return=in_return,
            sequence=row.sequence,
            sequence_in_return=in_return.sequence if in_return else 0,
            proposed_by=proposal.by,
            proposed_to=in_return.member if in_return else _member_with(proposal.address),
            address="" if in_return else proposal.address,
            note=proposal.note,
            created_at=now,
            expires_at=min(now + EXCHANGE_HOLD, *(each.starts_at for each in rows)),
        )
        notices.exchange_proposed(exchange, now=now)
        return exchange

    return in_transaction(work)


def accept(*, exchange: Exchange, by: Member, now: datetime) -> Exchange:
    """Exchange the times, or take one over, in one transaction; both are told.

    Both sides are judged by all rules as they stand now, each without what it gives. What staff
    must approve waits for that again: it was another person who had the yes. Raises
    BookingRefused, and TimeTaken.
    """

    def work() -> Exchange:
        rows = _locked(exchange.reservation, exchange.in_return, by)
        found = _held(exchange)
        refuse(_reasons_not_to_accept(found, rows, by=by, now=now))
        _settle(found, ExchangeState.ACCEPTED, by=by, now=now)
        if len(rows) > 1:
            _swap(rows[0], rows[1], now=now)
        else:
            _hand_over(rows[0], by, now=now)
        _withdraw_others(found, rows, now=now)
        return found

    return in_transaction(work)


def decline(*, exchange: Exchange, by: Member, now: datetime) -> Exchange:
    """Leave everything as it is and tell who asked; raises BookingRefused with NOT_ALLOWED."""

    def work() -> Exchange:
        found = _held(exchange)
        refuse(_reasons_not_to_answer(found, by=by, now=now))
        _settle(found, ExchangeState.DECLINED, by=by, now=now)
        notices.exchange_declined(found, now=now)
        return found

    return in_transaction(work)


def withdraw(*, exchange: Exchange, by: Member, now: datetime) -> Exchange:
    """Take a proposal back that nobody has accepted; raises BookingRefused with NOT_ALLOWED."""

    def work() -> Exchange:
        found = _held(exchange)
        if not (by.pk == found.proposed_by_id or is_theirs(found.reservation, by)):
            refuse([not_allowed(_("This is not your proposal."))])
        refuse(_reasons_it_is_over(found, now=now))
        _settle(found, ExchangeState.WITHDRAWN, by=by, now=now)
        return found

    return in_transaction(work)


def expire_exchanges(now: datetime, *, only: Sequence[Reservation] | None = None) -> int:
    """Write of proposals that nobody answered in time that they are over; how many there were."""

    def work() -> int:
        due = Exchange.objects.filter(state=ExchangeState.OPEN, expires_at__lte=now)
        if only is not None:
            due = due.filter(reservation__in=only)
        rows = list(
            due.select_for_update(of=("self",), skip_locked=only is None)
            .select_related("proposed_by", "proposed_to", *OF_BOTH)
            .order_by("pk")
        )
        for row in rows:
            _settle(row, ExchangeState.EXPIRED, by=None, now=now)
            notices.exchange_declined(row, now=now)
        return len(rows)

    return in_transaction(work)


def reasons_not_to_offer(reservation: Reservation, *, by: Member, now: datetime) -> list[Refusal]:
    """Why `by` may not propose to exchange `reservation`, or to hand it over."""
    if not is_theirs(reservation, by):
        return [not_allowed(_("This is not your reservation."))]
    if not exchangeable(now).filter(pk=reservation.pk).exists():
        return [not_allowed(_("Only a confirmed reservation of one machine can change hands."))]
    return []


def _reasons_not_to_propose(
    proposal: Proposal, rows: Sequence[Reservation], *, now: datetime
) -> list[Refusal]:
    row = rows[0]
    reasons = reasons_not_to_offer(row, by=proposal.by, now=now)
    if reasons:
        return reasons
    if Exchange.objects.filter(reservation=row, state=ExchangeState.OPEN).exists():
        return [not_allowed(_("You have proposed this already: withdraw that first."))]
    if proposal.in_return is not None:
        if not times_of_others(row, now=now).filter(pk=proposal.in_return.pk).exists():
            return [not_allowed(_("This time cannot be exchanged any more. Choose another."))]
        return []
    address = proposal.address.casefold()
    if not address or address == _holder(row).email.casefold():
        return [not_allowed(_("Choose somebody else who may use the machine."))]
    return []


def _member_with(address: str) -> Member | None:
    return Member.objects.filter(email__iexact=address, is_active=True).first()


def _reasons_not_to_answer(exchange: Exchange, *, by: Member, now: datetime) -> list[Refusal]:
    if not may_answer(exchange, by):
        return [not_allowed(_("This proposal is made to somebody else."))]
    return _reasons_it_is_over(exchange, now=now)


def may_answer(exchange: Exchange, by: Member) -> bool:
    """Whether `exchange` is proposed to `by`, or for what their company has."""
    if exchange.in_return is not None:
        return is_theirs(exchange.in_return, by)
    return by.is_active and by.pk == exchange.proposed_to_id


def _reasons_it_is_over(exchange: Exchange, *, now: datetime) -> list[Refusal]:
    """Why nothing can be done about it any more; whatever the job has done."""
    if exchange.state == ExchangeState.EXPIRED or (
        exchange.state == ExchangeState.OPEN and exchange.expires_at <= now
    ):
        return [not_allowed(_("Nobody answered this proposal in time."))]
    if exchange.state != ExchangeState.OPEN:
        return [not_allowed(_("This proposal is settled already."))]
    return []


def _reasons_not_to_accept(
    exchange: Exchange, rows: Sequence[Reservation], *, by: Member, now: datetime
) -> list[Refusal]:
    reasons = _reasons_not_to_answer(exchange, by=by, now=now)
    if reasons:
        return reasons
    agreed = [exchange.sequence, exchange.sequence_in_return]
    if (
        any(row.sequence != sequence for row, sequence in zip(rows, agreed, strict=False))
        or exchangeable(now).filter(pk__in=[row.pk for row in rows]).count() < len(rows)
        or (len(rows) > 1 and rows[1].member_id != exchange.proposed_to_id)
    ):
        return [not_allowed(_("Something has changed since: this cannot be exchanged any more."))]
    return []


def _swap(one: Reservation, other: Reservation, *, now: datetime) -> None:
    """Give each row the machine and the time of the other; who has it stays with the row."""
    verdicts = [
        _judge(one, other, now=now, excluding=[one, other]),
        _judge(other, one, now=now, excluding=[one, other]),
    ]
    # That the one who asked may not is told to who accepts; what they lack is theirs to know.
    theirs = [_of_the_other()] if verdicts[0].refusals else []
    refuse([*verdicts[1].refusals, *theirs])
    spans, machines, pools = (
        [row.span for row in (one, other)],
        [row.machine for row in (one, other)],
        [row.pool for row in (one, other)],
    )
    with only_checked_at_the_end():
        for row, span, machine, pool, verdict in zip(
            (one, other), spans[::-1], machines[::-1], pools[::-1], verdicts, strict=True
        ):
            row.pool = pool
            _write(row, _request(span.start, span.end), verdict, machine, now=now)
    for row, span in zip((one, other), spans, strict=True):
        notices.reservation_moved(row, by=None, now=now, previous=span)


def _write(
    row: Reservation,
    request: BookingRequest,
    verdict: Verdict,
    machine: Machine,
    *,
    now: datetime,
) -> None:
    holder = _holder(row)
    write_move(row, request, verdict, target=machine, by=holder, now=now, purpose=None)


def _hand_over(row: Reservation, to: Member, *, now: datetime) -> None:
    """Make `row` the reservation of `to`; for a company it stays only among its colleagues."""
    if row.company is not None and not row.company.delegates.filter(member=to).exists():
        spare_company(row, by=row.member, now=now)
        row.company, row.is_confidential, row.purpose = None, False, ""
    giver = _holder(row)
    verdict = verdict_on_row(
        row,
        _request(row.starts_at, row.ends_at),
        machine=row.machine,
        member=to,
        by=to,
        now=now,
        rules=MOVING,
    )
    refuse(verdict.refusals)
    if row.series_id is not None:
        _leave_series(row, row.series_id)
    notices.reservation_handed_over(row, to=to, now=now)
    # A new entry in another calendar: the old one was called back from that of the giver.
    row.member, row.uid, row.sequence = to, uuid4(), 0
    row.created_by = giver
    tell_price(row, verdict)
    keep(row, _request(row.starts_at, row.ends_at), verdict, by=to, now=now)
    notices.reservation_confirmed(row, by=giver, now=now)


def _leave_series(row: Reservation, series_id: int) -> None:
    """Have the series that `row` is a date of go on without it, which is left out of it for good.

    Whoever changes the rest of the series has no say in what is somebody else's now.
    """
    series = Series.objects.select_for_update().get(pk=series_id)
    Occurrence.objects.create(
        event_id=series.event_id,
        start=row.starts_at,
        end=row.ends_at,
        original_start=row.original_start_at,
        original_end=row.ends_at,
        cancelled=True,
    )
    row.series, row.original_start_at = None, None


def _judge(
    row: Reservation, wanted: Reservation, *, now: datetime, excluding: Sequence[Reservation]
) -> Verdict:
    """The verdict on giving the holder of `row` the machine and the time of `wanted`."""
    holder = _holder(row)
    return verdict_on(
        machine=wanted.machine,
        member=holder,
        request=_request(wanted.starts_at, wanted.ends_at),
        by=holder,
        company=row.company,
        now=now,
        excluding=excluding,
        rules=MOVING,
    )


def _of_the_other() -> Refusal:
    return not_allowed(
        _("The other person may not have your time: a rule of the space is in the way.")
    )


def _request(start: datetime, end: datetime) -> BookingRequest:
    """A request for just this time."""
    return BookingRequest(starts_at=start, ends_at=end)


def _holder(row: Reservation) -> Member:
    if row.member is None:
        raise MovedAway
    return row.member


def _locked(
    reservation: Reservation, in_return: Reservation | None, *members: Member
) -> list[Reservation]:
    """The rows as they are now, held with all that they are counted on (HOUSE §5)."""
    ids = [reservation.pk, *([in_return.pk] if in_return else [])]
    rows = Reservation.objects.filter(pk__in=ids)
    seen = list(rows.values_list("company", "member", "pool", "machine"))
    machines = {machine for _company, _member, _pool, machine in seen}
    lock(
        companies={company for company, _member, _pool, _machine in seen if company},
        members={
            *(member.pk for member in members),
            *(member for _company, member, _pool, _machine in seen if member),
        },
        pools={pool for _company, _member, pool, _machine in seen if pool},
        machines=machines,
    )
    found = list(rows.select_for_update(of=("self",)).select_related(*PARTS, "pool"))
    if any(row.machine_id not in machines for row in found):
        raise MovedAway
    return sorted(found, key=lambda row: ids.index(row.pk))


def _held(exchange: Exchange) -> Exchange:
    """The proposal as it is now, held until the transaction ends."""
    rows = Exchange.objects.select_for_update(of=("self",))
    return rows.select_related("proposed_by", "proposed_to", *OF_BOTH).get(pk=exchange.pk)


def _settle(exchange: Exchange, state: ExchangeState, *, by: Member | None, now: datetime) -> None:
    exchange.state, exchange.decided_at, exchange.decided_by = state, now, by
    exchange.save(update_fields=["state", "decided_at", "decided_by"])
    notices.exchange_settled(exchange)


def _withdraw_others(exchange: Exchange, rows: Sequence[Reservation], *, now: datetime) -> None:
    """What else was proposed about these times is over."""
    others = Exchange.objects.filter(
        Q(reservation__in=rows) | Q(in_return__in=rows), state=ExchangeState.OPEN
    ).exclude(pk=exchange.pk)
    for other in others.select_related("proposed_by", *OF_BOTH):
        _settle(other, ExchangeState.WITHDRAWN, by=None, now=now)
        notices.exchange_declined(other, now=now)
