"""Which message follows which event of an exchange of two times."""

from datetime import datetime

from django.utils.translation import override

from booking.models import Exchange
from booking.notices.kinds import EXCHANGE, EXCHANGE_DECLINED
from booking.notices.telling import context_of, page
from members.models import Member
from notifications import outbox


def exchange_proposed(exchange: Exchange, *, now: datetime) -> None:
    """Ask the other member: an answer is a button of a page, never the opening of a link."""
    if exchange.proposed_to is None:
        return
    _tell_of_exchange(
        exchange,
        EXCHANGE,
        to=exchange.proposed_to,
        now=now,
        expires_at=exchange.expires_at,
        asked_by=str(exchange.proposed_by),
        note=exchange.note,
    )


def exchange_settled(exchange: Exchange) -> None:
    """The proposal is no longer open: whoever has not read of it need not."""
    outbox.withdraw(subject_key=_exchange_key(exchange))


def exchange_declined(exchange: Exchange, *, now: datetime) -> None:
    """Tell who asked that everything stays as it was."""
    _tell_of_exchange(exchange, EXCHANGE_DECLINED, to=exchange.proposed_by, now=now)


def _tell_of_exchange(
    exchange: Exchange,
    kind: str,
    *,
    to: Member,
    now: datetime,
    expires_at: datetime | None = None,
    **told: str,
) -> None:
    """Name the time that is offered, and the other one where there is to be one in return."""
    row, other = exchange.reservation, exchange.in_return
    with override(to.language):
        context = context_of(row, by=None)
    # What a company calls its work is not for the other side.
    context |= {"name": to.name, "purpose": "", "company": "", "url": page("exchange", exchange.pk)}
    if other is not None:
        context |= {
            "return_machine": other.what,
            "return_starts_at": other.starts_at.isoformat(),
            "return_ends_at": other.ends_at.isoformat(),
        }
    outbox.post(
        outbox.draft(
            recipient=to,
            space_key=str(row.machine.space_id),
            kind=kind,
            subject_key=_exchange_key(exchange),
            dedupe_key=f"{kind}:{exchange.pk}",
            context=context | {"released_at": exchange.expires_at.isoformat()} | told,
            send_after=now,
            expires_at=expires_at,
        )
    )


def _exchange_key(exchange: Exchange) -> str:
    return f"exchange:{exchange.pk}"
