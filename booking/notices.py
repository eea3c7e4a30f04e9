"""Which message follows which event of a reservation.

Services call these inside their transaction, after saving the row and raising its `sequence`.
Of the rows of a cart only the first is told about, and what is said names all of its machines.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from booking.models import Displacement, Exchange, Offer, ReminderRule, Reservation
from booking.queries.bundles import entry_of, speaks_for_all
from booking.states import (
    DEFAULT_REMINDER_OFFSET,
    DisplacementState,
    ReservationKind,
    ReservationState,
)
from members.models import Company, Member
from notifications import ical, outbox
from notifications.models import Message
from spaces.intervals import Interval
from spaces.prepared import Prepared, given

CONFIRMED = "reservation_confirmed"
MOVED = "reservation_moved"
CANCELLED = "reservation_cancelled"
RESTORED = "reservation_restored"
REMINDER = "reservation_reminder"
GUARANTEE = "guarantee_reminder"
REQUESTED = "reservation_requested"
APPROVED = "reservation_approved"
DENIED = "reservation_denied"
EXPIRED = "reservation_expired"
NO_SHOW = "reservation_no_show"
TO_DECIDE = "request_to_decide"
HANDED_OVER = "reservation_handed_over"
EXCHANGE = "exchange_proposed"
EXCHANGE_DECLINED = "exchange_declined"
OFFER = "waitlist_offer"
OFFER_EXPIRED = "waitlist_offer_expired"
OFFER_TAKEN_BACK = "waitlist_offer_taken_back"
DISPLACED_MOVED = "displaced_moved"
DISPLACED_PROPOSED = "displaced_proposed"
DISPLACED_CANCELLED = "displaced_cancelled"
DISPLACED_EXPIRED = "displaced_expired"
OF_DISPLACEMENT = (DISPLACED_MOVED, DISPLACED_PROPOSED, DISPLACED_CANCELLED, DISPLACED_EXPIRED)

CALENDAR_NEWS = (CONFIRMED, MOVED, CANCELLED, RESTORED)
NEWS = (*CALENDAR_NEWS, REQUESTED, APPROVED, DENIED, EXPIRED, NO_SHOW, *OF_DISPLACEMENT)
"""What happened to a reservation; the latest news replaces older ones that were not yet sent."""


def reservation_confirmed(reservation: Reservation, *, by: Member | None, now: datetime) -> None:
    """Tell the holder that the machine is kept, and remember to remind.

    Nothing can have been said about it before, so nothing has to be called back. Where staff is
    to approve it first, that is told instead, and asked of the staff.
    """
    if reservation.state == ReservationState.PENDING:
        _ask_the_staff(reservation, by=by, now=now)
        return
    news = _news(reservation, CONFIRMED, method="REQUEST", by=by, now=now)
    reminder = _reminder(reservation, now=now)
    outbox.post(
        *([news] if news else []),
        *([outbox.draft(**reminder, **_addressed(reservation))] if reminder else []),
    )


def reservation_moved(
    reservation: Reservation,
    *,
    by: Member | None,
    now: datetime,
    previous: Interval | None = None,
) -> None:
    """Tell the holder the new time, and with `previous` the old one; the reminder moves too.

    A new time that staff is to approve first takes the old one out of the holder's calendar.
    """
    if reservation.state == ReservationState.PENDING:
        _ask_the_staff(reservation, by=by, now=now, previous=previous)
    else:
        _settle_request(reservation)
        _tell(reservation, MOVED, method="REQUEST", by=by, now=now, previous=previous)
    keep_reminder(reservation, now=now)


def reservation_cancelled(reservation: Reservation, *, by: Member | None, now: datetime) -> None:
    """Tell the holder that the machine is no longer kept; whatever else was to be said is not."""
    _settle_request(reservation)
    _tell(reservation, CANCELLED, method="CANCEL", by=by, now=now)
    keep_reminder(reservation, now=now)
    if reservation.guarantee_id is not None:
        guarantee_settled(reservation)


def reservation_restored(reservation: Reservation, *, by: Member | None, now: datetime) -> None:
    """Tell the holder that the cancellation was undone; the reminder comes back."""
    _tell(reservation, RESTORED, method="REQUEST", by=by, now=now)
    keep_reminder(reservation, now=now)


def request_approved(reservation: Reservation, *, by: Member, now: datetime) -> None:
    """Tell the holder that the time is theirs, and remember to remind."""
    _settle_request(reservation)
    _tell(reservation, APPROVED, method="REQUEST", by=by, now=now)
    keep_reminder(reservation, now=now)


def request_denied(reservation: Reservation, *, by: Member, now: datetime) -> None:
    """Tell the holder that they do not get the time, and why."""
    _settle_request(reservation)
    _tell(reservation, DENIED, method="", by=by, now=now)


def request_expired(reservation: Reservation, *, now: datetime) -> None:
    """Tell the holder that nobody decided in time."""
    _settle_request(reservation)
    _tell(reservation, EXPIRED, method="", by=None, now=now)


def _ask_the_staff(
    reservation: Reservation,
    *,
    by: Member | None,
    now: datetime,
    previous: Interval | None = None,
) -> None:
    """Tell the holder that the time is kept until staff decides, and ask everybody of the staff."""
    if _member_told(reservation) is None:
        return
    method = "CANCEL" if previous is not None else ""
    _tell(reservation, REQUESTED, method=method, by=by, now=now, previous=previous)
    _settle_request(reservation)
    space = reservation.machine.space
    staff = Member.objects.filter(is_active=True, roles__space=space).distinct()
    outbox.post(
        *(
            outbox.draft(
                recipient=person,
                space_key=str(space.pk),
                kind=TO_DECIDE,
                subject_key=reservation.subject_key,
                dedupe_key=f"{TO_DECIDE}:{reservation.uid}:{reservation.sequence}:{person.pk}",
                context=_context(reservation, by=by)
                | {
                    "name": person.name,
                    "member": str(reservation.member),
                    "url": _request_address(reservation),
                },
                send_after=now,
                expires_at=reservation.expires_at,
            )
            for person in staff
        )
    )


def _settle_request(reservation: Reservation) -> None:
    """Nothing is left to be asked of the staff."""
    outbox.withdraw(subject_key=reservation.subject_key, kinds=[TO_DECIDE])


def no_show_recorded(reservation: Reservation, *, now: datetime) -> None:
    """Tell the holder that nobody came and the rest was given back; no reminder is left."""
    _tell(reservation, NO_SHOW, method="", by=None, now=now)
    keep_reminder(reservation, now=now)


def guarantee_waits(reservation: Reservation, *, now: datetime) -> None:
    """Call a date that is kept for a company to the mind of its bookers, once each, in time."""
    if reservation.expires_at is None or reservation.company is None:
        return
    delegates = reservation.company.delegates.booking().select_related("member")
    outbox.post(
        *(
            outbox.draft(
                recipient=delegate.member,
                space_key=str(reservation.machine.space_id),
                kind=GUARANTEE,
                subject_key=reservation.subject_key,
                dedupe_key=f"{GUARANTEE}:{reservation.uid}:{delegate.member_id}"
                f":{reservation.expires_at.isoformat()}",
                context=_context(reservation, by=None)
                | {
                    "name": delegate.member.name,
                    "released_at": reservation.expires_at.isoformat(),
                    "url": _company_address(reservation.company),
                },
                send_after=now,
                expires_at=reservation.expires_at,
            )
            for delegate in delegates
        )
    )


def guarantee_settled(reservation: Reservation) -> None:
    """Somebody decided on a date that was kept, or nobody did in time: no reminder is left."""
    outbox.withdraw(subject_key=reservation.subject_key, kinds=[GUARANTEE])


def offer_made(offer: Offer, *, now: datetime) -> None:
    """Tell who waited that the time is kept for them, and until when."""
    _tell_of_offer(offer, OFFER, now=now, expires_at=offer.expires_at)


def offer_settled(offer: Offer) -> None:
    """The offer is no longer open: whoever has not read of it need not."""
    outbox.withdraw(subject_key=offer.reservation.subject_key, kinds=[OFFER])


def offer_expired(offer: Offer, *, now: datetime) -> None:
    """Tell who waited that the time has gone to the next."""
    offer_settled(offer)
    _tell_of_offer(offer, OFFER_EXPIRED, now=now)


def offer_taken_back(offer: Offer, *, now: datetime) -> None:
    """Tell who waited that the time is not to be had after all, and that they wait on."""
    offer_settled(offer)
    _tell_of_offer(offer, OFFER_TAKEN_BACK, now=now)


def _tell_of_offer(
    offer: Offer, kind: str, *, now: datetime, expires_at: datetime | None = None
) -> None:
    row = offer.reservation
    page = reverse("booking:offer", args=[offer.pk])
    if kind != OFFER:
        page = reverse("booking:wishes")
    with override(offer.entry.member.language):
        context = _context(row, by=None)
    outbox.post(
        outbox.draft(
            recipient=offer.entry.member,
            space_key=str(row.machine.space_id),
            kind=kind,
            subject_key=row.subject_key,
            dedupe_key=f"{kind}:{offer.pk}",
            context=context
            | {"released_at": offer.expires_at.isoformat(), "url": settings.BASE_URL + page},
            send_after=now,
            expires_at=expires_at,
        )
    )


def displaced(displacement: Displacement, *, by: Member | None, now: datetime) -> None:
    """Tell the holder where their reservation is now, or which time is held until they answer.

    Called once for a cart, whichever of its machines had to go.
    """
    row = entry_of(displacement.reservation).first
    if displacement.state == DisplacementState.OPEN:
        _tell_of_displacement(
            displacement, DISPLACED_PROPOSED, row=row, method="CANCEL", by=by, now=now
        )
    else:
        method = "REQUEST" if row.state == ReservationState.CONFIRMED else ""
        _tell_of_displacement(displacement, DISPLACED_MOVED, row=row, method=method, by=by, now=now)
    keep_reminder(row, now=now)


def displaced_cancelled(displacement: Displacement, *, by: Member | None, now: datetime) -> None:
    """Tell the holder that no other time is kept, with an apology and the way to wait for one."""
    row = entry_of(displacement.reservation).first
    _tell_of_displacement(
        displacement, DISPLACED_CANCELLED, row=row, method="CANCEL", by=by, now=now
    )
    keep_reminder(row, now=now)


def displaced_expired(displacement: Displacement, *, now: datetime) -> None:
    """Tell the holder that the time held for them has been given back."""
    row = displacement.reservation
    _tell_of_displacement(displacement, DISPLACED_EXPIRED, row=row, method="", by=None, now=now)


def displacement_accepted(displacement: Displacement, *, by: Member, now: datetime) -> None:
    """Tell the holder that the new time stands; where staff is to approve it, ask for that."""
    row = displacement.reservation
    if row.state == ReservationState.PENDING:
        _ask_the_staff(row, by=by, now=now)
    else:
        _tell(row, CONFIRMED, method="REQUEST", by=by, now=now)
    keep_reminder(row, now=now)


def _tell_of_displacement(
    displacement: Displacement,
    kind: str,
    *,
    row: Reservation,
    method: str,
    by: Member | None,
    now: datetime,
) -> None:
    """Post what became of a displacement, told of `row`, which stands for all of its cart."""
    more = {
        "reason": displacement.reason,
        "lost_machine": displacement.machine.name,
        "lost_space": displacement.machine.space.name,
        "url": settings.BASE_URL + reverse("booking:displacement", args=[displacement.pk]),
    }
    if displacement.expires_at is not None:
        more["released_at"] = displacement.expires_at.isoformat()
    _tell(row, kind, method=method, by=by, now=now, previous=displacement.lost, more=more)


def exchange_proposed(exchange: Exchange, *, now: datetime) -> None:
    """Ask the other member: an answer is a button of a page, never the opening of a link."""
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
        context = _context(row, by=None)
    # What a company calls its work is not for the other side.
    context |= {"name": to.name, "purpose": "", "company": "", "url": _exchange_address(exchange)}
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


def reservation_handed_over(reservation: Reservation, *, to: Member, now: datetime) -> None:
    """Tell who had the time that another member has it; their calendar and reminder let it go.

    Before the row changes hands.
    """
    keys = reservation.subject_key
    outbox.withdraw(subject_key=keys, kinds=(*NEWS, REMINDER))
    reservation.sequence += 1
    news = _news(reservation, HANDED_OVER, method="CANCEL", by=None, now=now)
    if news is not None:
        news.context["taken_by"] = str(to)
        outbox.post(news)


def _exchange_key(exchange: Exchange) -> str:
    return f"exchange:{exchange.pk}"


def _exchange_address(exchange: Exchange) -> str:
    return settings.BASE_URL + reverse("booking:exchange", args=[exchange.pk])


def keep_reminder(reservation: Reservation, *, now: datetime) -> None:
    """Bring the reminder in line with the reservation as it stands.

    There is one per reservation and start. It is withdrawn with the reservation, moves with it,
    and is not sent when the reservation was made or moved inside the offset (RULES, C21).
    """
    if _member_told(reservation) is None:
        return
    reminder = _reminder(reservation, now=now)
    if reminder is None:
        outbox.withdraw(subject_key=reservation.subject_key, kinds=[REMINDER])
    elif not outbox.reschedule(**reminder, space_key=str(reservation.machine.space_id)):
        outbox.post(outbox.draft(**reminder, **_addressed(reservation)))


def remind_of_all(rows: Sequence[Reservation], *, now: datetime) -> None:
    """Remember to remind of each of `rows`, which are new and of one category, in two queries."""
    if not rows:
        return
    offset = reminder_offset(rows[0])
    found = [(row, _reminder(row, now=now, offset=offset)) for row in rows]
    outbox.post(*(outbox.draft(**told, **_addressed(row)) for row, told in found if told))


def _reminder(
    reservation: Reservation, *, now: datetime, offset: timedelta | None = None
) -> dict[str, Any] | None:
    """The reminder as the reservation stands; None where there is to be none."""
    if _member_told(reservation) is None or reservation.state != ReservationState.CONFIRMED:
        return None
    if offset is None:
        offset = reminder_offset(reservation)
    send_after = reservation.starts_at - offset
    if send_after <= now:
        return None
    return {
        "subject_key": reservation.subject_key,
        "kind": REMINDER,
        "dedupe_key": reminder_key(reservation.uid, reservation.starts_at),
        "context": _context(reservation, by=None),
        "send_after": send_after,
        "expires_at": reservation.starts_at,
    }


def reminder_key(uid: uuid.UUID, starts_at: datetime) -> str:
    """What the one reminder of a reservation and start is known by."""
    return f"{REMINDER}:{uid}:{starts_at.isoformat()}"


def _addressed(reservation: Reservation) -> dict[str, Any]:
    """To whom a message goes, and in the log of which space it stands."""
    return {"recipient": reservation.member, "space_key": str(reservation.machine.space_id)}


def reminder_offset(reservation: Reservation) -> timedelta:
    """How long before its start the holder is reminded."""
    machine = reservation.machine
    offsets = _OFFSETS(space=machine.space_id, category=machine.category_id)
    return offsets[0] if offsets else DEFAULT_REMINDER_OFFSET


_OFFSETS: Prepared[timedelta] = Prepared(
    lambda: ReminderRule.objects.filter(
        space=given("space"), category=given("category")
    ).values_list("offset", flat=True)
)


def calendar_text(reservation: Reservation, *, method: str, now: datetime) -> str:
    """The reservation for a calendar program, in the active language."""
    return ical.event_text(**_event(reservation, method=method, now=now))


def packed_events(
    rows: Sequence[Reservation], *, method: str, now: datetime
) -> list[dict[str, Any]]:
    """What a calendar program is to be told of each of `rows`, in the active language."""
    return [ical.packed(_event(row, method=method, now=now)) for row in rows]


def _event(reservation: Reservation, *, method: str, now: datetime) -> dict[str, Any]:
    """What a calendar program is told, in the active language; a cart is one event."""
    space = reservation.machine.space
    member = reservation.member
    entry = entry_of(reservation)
    return {
        "uid": f"{entry.first.uid}@etabli",
        "sequence": entry.first.sequence,
        "method": method,
        "starts_at": reservation.starts_at,
        "ends_at": reservation.ends_at,
        "zone": space.zone,
        "summary": _("%(machine)s at %(space)s") % {"machine": str(entry), "space": space.name},
        "location": _place(reservation),
        "description": "\n".join(filter(None, (reservation.purpose, _address(reservation)))),
        "organizer": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        "attendee": member.email if member else "",
        "now": now,
    }


def _tell(
    reservation: Reservation,
    kind: str,
    *,
    method: str,
    by: Member | None,
    now: datetime,
    previous: Interval | None = None,
    more: dict[str, str] | None = None,
) -> None:
    """Post the news to the holder, in place of older news that nobody has read yet."""
    news = _news(reservation, kind, method=method, by=by, now=now, previous=previous, more=more)
    if news is not None:
        outbox.withdraw(subject_key=reservation.subject_key, kinds=NEWS)
        outbox.post(news)


def _news(
    reservation: Reservation,
    kind: str,
    *,
    method: str,
    by: Member | None,
    now: datetime,
    previous: Interval | None = None,
    more: dict[str, str] | None = None,
) -> Message | None:
    """What the holder is told, `more` included; None where there is nobody to tell.

    No `method`, no calendar.
    """
    member = _member_told(reservation)
    if member is None:
        return None
    with override(member.language):
        context = _context(reservation, by=by) | (more or {})
        if method:
            # Written when it is sent: nobody who reserves has to wait for that.
            context["event"] = ical.packed(_event(reservation, method=method, now=now))
    if previous is not None and previous != reservation.span:
        context["previous_starts_at"] = previous.start.isoformat()
        context["previous_ends_at"] = previous.end.isoformat()
        context["is_longer"] = (
            previous.start == reservation.starts_at and previous.end < reservation.ends_at
        )
    return outbox.draft(
        **_addressed(reservation),
        kind=kind,
        subject_key=reservation.subject_key,
        dedupe_key=f"{kind}:{reservation.uid}:{reservation.sequence}",
        context=context,
        send_after=now,
    )


def _member_told(reservation: Reservation) -> Member | None:
    """The holder, where `reservation` stands for its cart; blocks are announced elsewhere."""
    if reservation.kind != ReservationKind.BOOKING or not speaks_for_all(reservation):
        return None
    return reservation.member


def _context(reservation: Reservation, *, by: Member | None) -> dict[str, Any]:
    """What the templates need, as JSON."""
    machine = reservation.machine
    member = reservation.member
    return {
        "name": member.name if member else "",
        "machine": str(entry_of(reservation)),
        "space": machine.space.name,
        "place": _place(reservation),
        "zone": machine.space.timezone,
        "starts_at": reservation.starts_at.isoformat(),
        "ends_at": reservation.ends_at.isoformat(),
        "purpose": reservation.purpose,
        "company": reservation.company.name if reservation.company else "",
        "by": str(by) if by and by != member else "",
        "url": _address(reservation),
        **_of_request(reservation),
    }


def _of_request(reservation: Reservation) -> dict[str, str]:
    """Until when a request waits, and what was said to it."""
    told = {"reason": reservation.decision} if reservation.decision else {}
    if reservation.state == ReservationState.PENDING and reservation.expires_at is not None:
        told["released_at"] = reservation.expires_at.isoformat()
    return told


def _place(reservation: Reservation) -> str:
    """Where the machine stands, from the room to the town."""
    machine = reservation.machine
    room = machine.room.name if machine.room else ""
    return ", ".join(
        filter(None, (room, machine.space.name, machine.space.street, machine.space.city))
    )


def _company_address(company: Company) -> str:
    return settings.BASE_URL + reverse("booking:company", args=[company.slug])


def _request_address(reservation: Reservation) -> str:
    place = [reservation.machine.space.slug, reservation.pk]
    return settings.BASE_URL + reverse("booking:request", args=place)


def _address(reservation: Reservation) -> str:
    return settings.BASE_URL + reverse("booking:reservation", args=[reservation.pk])
