"""What the workers do for bookings; a wake-up that is lost is made up for by the next."""

from celery import shared_task
from django.utils.timezone import now

from booking.services import (
    approvals,
    attendance,
    blocking,
    bringing,
    displaced,
    disuse,
    exchanges,
    guarantees,
    idempotency,
    inductions,
    metering,
    offering,
    reminders,
    series,
    stopping,
    upkeep_plans,
)
from booking.services.settling import warn_of_overruns
from booking.states import OF_DATES, ReminderEvent
from machines.services.drafts import forget_drafts


@shared_task(name="booking.tasks.settle_attendance")
def settle_attendance() -> None:
    """Close forgotten sessions, free what nobody came for, and warn of use that goes on."""
    moment = now()
    attendance.close_forgotten(moment)
    attendance.mark_no_shows(moment)
    warn_of_overruns(moment)


@shared_task(name="booking.tasks.follow_meters")
def follow_meters() -> None:
    """Bring the log of use in line with what devices told."""
    metering.follow_meters(now())


@shared_task(name="booking.tasks.materialise_maintenance")
def materialise_maintenance() -> None:
    """Hold the machines for the maintenance that their calendars plan."""
    blocking.materialise_maintenance(now())


@shared_task(name="booking.tasks.place_upkeep")
def place_upkeep() -> None:
    """Put free time aside for the upkeep that is due soon."""
    upkeep_plans.place_due(now())


@shared_task(name="booking.tasks.release_guaranteed")
def release_guaranteed() -> None:
    """Give back the guaranteed dates that nobody confirmed in time."""
    guarantees.release_guaranteed(now())


@shared_task(name="booking.tasks.expire_requests")
def expire_requests() -> None:
    """Give back the time of requests on which nobody decided."""
    approvals.expire_requests(now())


@shared_task(name="booking.tasks.expire_displaced")
def expire_displaced() -> None:
    """Give back the time that was held for displaced people who did not answer."""
    displaced.expire_displaced(now())


@shared_task(name="booking.tasks.look_after_faults")
def look_after_faults() -> None:
    """Ask about faults that were to be mended by now, and warn who comes to what stands still."""
    stopping.look_after_faults(now())


@shared_task(name="booking.tasks.hold_guaranteed")
def hold_guaranteed() -> None:
    """Hold the machines for the guaranteed windows of companies, and call for confirmation."""
    guarantees.hold_guaranteed(now())


@shared_task(name="booking.tasks.materialise_series")
def materialise_series() -> None:
    """Keep the dates of series as far ahead as they can be reserved by now."""
    series.materialise(now())


@shared_task(name="booking.tasks.offer_freed")
def offer_freed() -> None:
    """Offer what was freed to those who wait for it, and take back what nobody accepted."""
    offering.offer_freed(now())


@shared_task(name="booking.tasks.expire_exchanges")
def expire_exchanges() -> None:
    """Close the proposals between members that nobody answered in time."""
    exchanges.expire_exchanges(now())


@shared_task(name="booking.tasks.forget_answers")
def forget_answers() -> None:
    """Delete the kept answers of the API that no program will ask for again."""
    idempotency.forget_old(now=now())


@shared_task(name="booking.tasks.follow_reminder_rules", time_limit=300)
def follow_reminder_rules() -> None:
    """Bring the reminders of what is reserved in line with rules that changed."""
    reminders.follow_rules(now())


@shared_task(name="booking.tasks.remind_of_moments")
def remind_of_moments() -> None:
    """Remind of reservations that begin, of missing check-ins, of maintenance and low stock."""
    reminders.remind(now(), [event for event in ReminderEvent if event not in OF_DATES])


@shared_task(name="booking.tasks.remind_of_days")
def remind_of_days() -> None:
    """Remind of certifications, memberships and contracts that end."""
    reminders.remind(now(), OF_DATES)


@shared_task(name="booking.tasks.decide_inductions")
def decide_inductions() -> None:
    """Cancel the inductions for which too few people asked in time."""
    inductions.decide(now())


@shared_task(name="booking.tasks.follow_use")
def follow_use() -> None:
    """Put off the end of certifications whose skill is used."""
    disuse.follow_use(now())


@shared_task(name="booking.tasks.import_files")
def import_files() -> None:
    """Import what staff had looked at; one worker at a time."""
    bringing.import_waiting(clock=now)
    forget_drafts(now=now())
