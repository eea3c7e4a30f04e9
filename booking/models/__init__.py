from booking.models.correction import Correction, SessionVersion
from booking.models.displacement import Displacement
from booking.models.exchange import Exchange
from booking.models.feed import Feed
from booking.models.history import HistoryImport, ImportedRow
from booking.models.idempotency import IdempotentWrite
from booking.models.induction import Induction, InductionPlace
from booking.models.kiosk import Kiosk, KioskEntry
from booking.models.link_use import LinkUse
from booking.models.policy import AllowedHours, Policy
from booking.models.question import Answer, Question
from booking.models.quota import Quota
from booking.models.refused_try import RefusedTry
from booking.models.reminder_rule import ReminderChange, ReminderRule
from booking.models.reservation import Reservation
from booking.models.series import Series, SeriesGap
from booking.models.usage import UsageSession
from booking.models.waitlist import Offer, WaitlistEntry

__all__ = [
    "AllowedHours",
    "Answer",
    "Correction",
    "Displacement",
    "Exchange",
    "Feed",
    "HistoryImport",
    "IdempotentWrite",
    "ImportedRow",
    "Induction",
    "InductionPlace",
    "Kiosk",
    "KioskEntry",
    "LinkUse",
    "Offer",
    "Policy",
    "Question",
    "Quota",
    "RefusedTry",
    "ReminderChange",
    "ReminderRule",
    "Reservation",
    "Series",
    "SeriesGap",
    "SessionVersion",
    "UsageSession",
    "WaitlistEntry",
]
