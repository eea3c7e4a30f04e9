"""The kinds of messages about a reservation: the names of their templates."""

CONFIRMED = "reservation_confirmed"
MOVED = "reservation_moved"
CANCELLED = "reservation_cancelled"
RESTORED = "reservation_restored"
REMINDER = "reservation_reminder"
ENDING = "reservation_ending"
COMING = "reservation_coming"
CHECK_IN_MISSED = "check_in_missed"
CERTIFICATION_ENDS = "certification_ends"
MEMBERSHIP_ENDS = "membership_ends"
CONTRACT_ENDS = "contract_ends"
MAINTENANCE_DUE = "maintenance_due"
STOCK_LOW = "stock_low"
INDUCTION_SOON = "induction_reminder"
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
USE_OVERRUNS = "use_overruns"
STILL_IN_USE = "machine_still_in_use"
CHECK_OUT_ASSUMED = "check_out_assumed"
CORRECTION_TO_DECIDE = "correction_to_decide"
CORRECTION_DECIDED = "correction_decided"
OFFER = "waitlist_offer"
OFFER_EXPIRED = "waitlist_offer_expired"
OFFER_TAKEN_BACK = "waitlist_offer_taken_back"
DISPLACED_MOVED = "displaced_moved"
DISPLACED_PROPOSED = "displaced_proposed"
DISPLACED_CANCELLED = "displaced_cancelled"
DISPLACED_EXPIRED = "displaced_expired"
FAULT_REPORTED = "fault_reported"
FAULT_ASSIGNED = "fault_assigned"
FAULT_OVERDUE = "fault_overdue"
FAULT_NEWS = "fault_news"
MACHINE_STOPPED = "machine_stopped"
MACHINE_WORKS = "machine_works"
OF_DISPLACEMENT = (DISPLACED_MOVED, DISPLACED_PROPOSED, DISPLACED_CANCELLED, DISPLACED_EXPIRED)

CALENDAR_NEWS = (CONFIRMED, MOVED, CANCELLED, RESTORED)
NEWS = (*CALENDAR_NEWS, REQUESTED, APPROVED, DENIED, EXPIRED, NO_SHOW, *OF_DISPLACEMENT)
"""What happened to a reservation; the latest news replaces older ones that were not yet sent."""

WITH_RESERVATION = (REMINDER, ENDING)
"""Reminders that are written with a reservation, move with it and go with it."""

REMINDERS = (
    *WITH_RESERVATION,
    COMING,
    CHECK_IN_MISSED,
    CERTIFICATION_ENDS,
    MEMBERSHIP_ENDS,
    CONTRACT_ENDS,
    MAINTENANCE_DUE,
    STOCK_LOW,
    INDUCTION_SOON,
)
"""What the reminder rules of spaces have people called to mind."""
