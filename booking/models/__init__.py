from booking.models.idempotency import IdempotentWrite
from booking.models.policy import Policy
from booking.models.refused_try import RefusedTry
from booking.models.reminder_rule import ReminderRule
from booking.models.reservation import Reservation
from booking.models.usage import UsageSession

__all__ = [
    "IdempotentWrite",
    "Policy",
    "RefusedTry",
    "ReminderRule",
    "Reservation",
    "UsageSession",
]
