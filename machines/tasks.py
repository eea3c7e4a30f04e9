"""What the workers do for machines; a wake-up that is lost is made up for by the next."""

from celery import shared_task
from django.utils.timezone import now

from machines.services.followed.choosing import forget_drafts
from machines.services.followed.refreshing import refresh_due
from machines.services.log_keeping import forget_old_readings as forget


@shared_task(name="machines.tasks.refresh_followed")
def refresh_followed() -> None:
    """Read again the calendars from elsewhere whose time has come."""
    moment = now()
    forget_drafts(moment)
    refresh_due(moment)


@shared_task(name="machines.tasks.forget_old_readings")
def forget_old_readings() -> None:
    """Delete the readings of power that nothing hangs on any more."""
    forget(now=now())
