"""The reminders of a member who chooses another distance from the start."""

from datetime import datetime

from booking.models import ReminderRule, Reservation
from booking.notices.kinds import REMINDER
from booking.states import DEFAULT_REMINDER_OFFSET, ReservationState
from members.models import Member
from notifications.models import Message


def remind_as_chosen(member: Member, *, now: datetime) -> None:
    """Move the reminders that wait to where `member` has them now, in a fixed number of queries.

    One whose new moment is over stays where it is: it is still to come, and better late than not.
    """
    waiting = list(Message.objects.unsent().filter(recipient=member, kind=REMINDER))
    rows = Reservation.objects.filter(member=member, state=ReservationState.CONFIRMED)
    about = {
        row.subject_key: row for row in rows.filter(starts_at__gt=now).select_related("machine")
    }
    rules = ReminderRule.objects.filter(space__in={row.machine.space_id for row in about.values()})
    said = {(rule.space_id, rule.category_id): rule.offset for rule in rules}
    moved = []
    for message in waiting:
        row = about.get(message.subject_key)
        if row is None:
            continue
        place = row.machine.space_id, row.machine.category_id
        offset = member.reminder_offset or said.get(place, DEFAULT_REMINDER_OFFSET)
        if row.starts_at - offset > now:
            message.send_after = row.starts_at - offset
            moved.append(message)
    Message.objects.bulk_update(moved, ["send_after"])
