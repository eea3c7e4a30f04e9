"""How the bookers of a company hear of a date that is kept for it."""

from datetime import datetime

from booking.models import Reservation
from booking.notices.kinds import GUARANTEE
from booking.notices.telling import context_of, page
from notifications import outbox


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
                context=context_of(reservation, by=None)
                | {
                    "name": delegate.member.name,
                    "released_at": reservation.expires_at.isoformat(),
                    "url": page("company", reservation.company.slug),
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
