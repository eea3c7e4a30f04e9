"""The periodic jobs of bookings, run once at a moment that a test chooses."""

from datetime import datetime

from booking.services import approvals, attendance, disuse, inductions, reminders, stopping
from booking.services.blocking import materialise_maintenance
from booking.services.guarantees import hold_guaranteed, release_guaranteed
from booking.services.offering import offer_freed
from booking.services.series import materialise
from booking.services.settling import warn_of_overruns
from booking.services.upkeep_plans import place_due
from booking.states import ReminderEvent


def run_every_job(now: datetime) -> None:
    """What the workers do for bookings."""
    materialise_maintenance(now)
    place_due(now)
    hold_guaranteed(now)
    release_guaranteed(now)
    materialise(now)
    approvals.expire_requests(now)
    attendance.close_forgotten(now)
    attendance.mark_no_shows(now)
    warn_of_overruns(now)
    offer_freed(now)
    stopping.look_after_faults(now)
    inductions.decide(now)
    disuse.follow_use(now)
    reminders.follow_rules(now)
    reminders.remind(now, list(ReminderEvent))
