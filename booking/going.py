"""By which ways a reminder goes; asked of readers who have other channels than mail."""

from datetime import timedelta

from booking import notices
from booking.models import Reservation
from booking.notices import kinds
from booking.queries.reminders import audience_holding, holds_as_staff, rules_of, staff_holding
from booking.reminders import nearest_of, ways_in
from booking.states import OF_RESERVATIONS, ReminderEvent, ReminderTo
from notifications.models import Message
from notifications.states import Ways

EVENTS = {
    notices.REMINDER: ReminderEvent.START,
    notices.ENDING: ReminderEvent.END,
    notices.COMING: ReminderEvent.START,
    notices.CHECK_IN_MISSED: ReminderEvent.CHECK_IN,
    notices.MAINTENANCE_DUE: ReminderEvent.MAINTENANCE,
    notices.STOCK_LOW: ReminderEvent.STOCK,
    kinds.INDUCTION_SOON: ReminderEvent.INDUCTION,
    notices.CERTIFICATION_ENDS: ReminderEvent.CERTIFICATION,
    notices.MEMBERSHIP_ENDS: ReminderEvent.MEMBERSHIP,
    notices.CONTRACT_ENDS: ReminderEvent.CONTRACT,
}
"""What each kind of reminder is of."""


def ways_of(reminder: Message) -> Ways:
    """As the rule says that asks for it by now; every way where none does."""
    event, space = EVENTS[reminder.kind], int(reminder.space_key or 0)
    to = ReminderTo(reminder.context.get("to", ReminderTo.HOLDER))
    rules = rules_of([space], [event]).get(space, [])
    offset = timedelta(seconds=int(reminder.dedupe_key.rpartition(":")[2]))
    if event not in (*OF_RESERVATIONS, ReminderEvent.MAINTENANCE):
        return ways_in((each for each in rules if each.to == to), offset)
    rows = Reservation.objects.named(reminder.subject_key).select_related("machine")
    row = rows.first()
    if row is None:
        return Ways.EVERY
    audience = audience_holding(row, is_staff=holds_as_staff(row, staff_holding([row], rules)))
    category = row.machine.category_id
    return ways_in(nearest_of(rules, event, to, category=category, audience=audience), offset)
