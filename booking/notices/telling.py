"""What a message about a reservation says, to whom it goes, and what it replaces."""

from collections.abc import Sequence
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from booking.models import Reservation
from booking.notices.kinds import NEWS
from booking.queries.bundles import entry_of, speaks_for_all
from booking.states import ReservationKind, ReservationState
from machines.models import Machine
from members.models import Member
from notifications import ical, outbox
from notifications.models import Message
from spaces.intervals import Interval
from spaces.models import Space


def tell(
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
    news = news_of(reservation, kind, method=method, by=by, now=now, previous=previous, more=more)
    if news is not None:
        outbox.withdraw(subject_key=reservation.subject_key, kinds=NEWS)
        outbox.post(news)


def news_of(
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
    member = member_told(reservation)
    if member is None:
        return None
    with override(member.language):
        context = context_of(reservation, by=by) | (more or {})
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
        **addressed(reservation),
        kind=kind,
        subject_key=reservation.subject_key,
        dedupe_key=f"{kind}:{reservation.uid}:{reservation.sequence}",
        context=context,
        send_after=now,
    )


def member_told(reservation: Reservation) -> Member | None:
    """The holder, where `reservation` stands for its cart; blocks are announced elsewhere."""
    if reservation.kind != ReservationKind.BOOKING or not speaks_for_all(reservation):
        return None
    return reservation.member


def addressed(reservation: Reservation) -> dict[str, Any]:
    """To whom a message goes, and in the log of which space it stands."""
    return {"recipient": reservation.member, "space_key": str(reservation.machine.space_id)}


def ask_the_staff(
    space: Space,
    kind: str,
    *,
    subject_key: str,
    event: str,
    context: dict[str, Any],
    now: datetime,
    expires_at: datetime | None,
) -> None:
    """Ask everybody of the staff of `space` once to decide on what happened at `event`."""
    staff = Member.objects.filter(is_active=True, roles__space=space).distinct()
    outbox.post(
        *(
            outbox.draft(
                recipient=person,
                space_key=str(space.pk),
                kind=kind,
                subject_key=subject_key,
                dedupe_key=f"{kind}:{event}:{person.pk}",
                context=context | {"name": person.name},
                send_after=now,
                expires_at=expires_at,
            )
            for person in staff
        )
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
        "location": place_of(reservation),
        "description": "\n".join(
            filter(None, (reservation.purpose, page("reservation", reservation.pk)))
        ),
        "organizer": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        "attendee": member.email if member else "",
        "now": now,
    }


def context_of(reservation: Reservation, *, by: Member | None) -> dict[str, Any]:
    """What the templates need, as JSON."""
    machine = reservation.machine
    member = reservation.member
    return {
        "name": member.name if member else "",
        "machine": str(entry_of(reservation)),
        "space": machine.space.name,
        "place": place_of(reservation),
        "zone": machine.space.timezone,
        "starts_at": reservation.starts_at.isoformat(),
        "ends_at": reservation.ends_at.isoformat(),
        "purpose": reservation.purpose,
        "company": reservation.company.name if reservation.company else "",
        **doer_told(by, member),
        "url": page("reservation", reservation.pk),
        **_of_request(reservation),
    }


def doer_told(by: Member | None, member: Member | None) -> dict[str, Any]:
    """Who did it, where that was not the reader; what the reader did may be turned off."""
    is_own = by is not None and by == member
    return {"by": "" if by is None or is_own else str(by), "is_own": is_own}


def _of_request(reservation: Reservation) -> dict[str, str]:
    """Until when a request waits, and what was said to it."""
    told = {"reason": reservation.decision} if reservation.decision else {}
    if reservation.state == ReservationState.PENDING and reservation.expires_at is not None:
        told["released_at"] = reservation.expires_at.isoformat()
    return told


def place_of(reservation: Reservation) -> str:
    """Where the machine stands, from the room to the town."""
    return place_of_machine(reservation.machine)


def place_of_machine(machine: Machine) -> str:
    """The same of a machine; `room` and `space` should be loaded."""
    room = machine.room.name if machine.room else ""
    return ", ".join(
        filter(None, (room, machine.space.name, machine.space.street, machine.space.city))
    )


def page(name: str, *args: object) -> str:
    """The whole address of a page of ours, as a message needs it."""
    return settings.BASE_URL + reverse(f"booking:{name}", args=args)
