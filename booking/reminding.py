"""Whether a reminder still serves when it is due."""

from booking import notices
from booking.models import Reservation
from booking.states import MAX_SPAN, ReservationState
from notifications.models import Message
from notifications.states import TOLD, UNSENT

KEPT = (ReservationState.CONFIRMED, ReservationState.IN_USE, ReservationState.COMPLETED)


def is_wanted(reminder: Message) -> bool:
    """Whether the reservation will take place, and nobody was reminded of what leads up to it.

    Reservations of one person on one machine, each beginning when the one before ends, are one
    stay at the machine: one reminder is enough for all of it.
    """
    row = Reservation.objects.named(reminder.subject_key).first()
    if row is None or row.state != ReservationState.CONFIRMED:
        return False
    keys = [notices.reminder_key(each.uid, each.starts_at) for each in _leading_up_to(row)]
    reminded = (*UNSENT, *TOLD)
    return not Message.objects.filter(dedupe_key__in=keys, state__in=reminded).exists()


def _leading_up_to(row: Reservation) -> list[Reservation]:
    """What its holder has on the same machine right before it, without a gap."""
    before = Reservation.objects.filter(
        machine=row.machine_id,
        member=row.member_id,
        state__in=KEPT,
        starts_at__gte=row.starts_at - MAX_SPAN,
        ends_at__lte=row.starts_at,
    )
    stay, begins = [], row.starts_at
    for each in before.order_by("-ends_at"):
        if each.ends_at != begins:
            break
        stay.append(each)
        begins = each.starts_at
    return stay
