"""The background workers and what they do when."""

import logging
import os
from typing import Any

from celery import Celery
from celery.signals import celeryd_init, worker_ready
from django.db import Error, close_old_connections

logger = logging.getLogger(__name__)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("etabli")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

MINUTE = 60


@celeryd_init.connect
def be_patient(conf: Any, **_: Any) -> None:
    """Let the worker wait for work: the web's short time-outs would end every quiet wait."""
    conf.broker_transport_options = {"socket_connect_timeout": 5, "socket_keepalive": True}


@worker_ready.connect
def beat_at_once(**_: Any) -> None:
    """Show that the worker is there before beat's first wake-up, a minute later, says so."""
    try:
        app.tasks["notifications.tasks.beat_heart"]()
    except Error:
        logger.warning("The first heartbeat of the worker could not be written.", exc_info=True)
    finally:
        close_old_connections()


def every(seconds: int, task: str) -> dict[str, object]:
    """A beat entry; a wake-up older than two periods is dropped, the next one does its work."""
    return {"task": task, "schedule": seconds, "options": {"expires": 2 * seconds}}


app.conf.beat_schedule = {
    # Someone who signs up waits for this mail; looking for due rows costs a millisecond.
    "relay-messages": every(10, "notifications.tasks.relay"),
    "bring-forward": every(5 * MINUTE, "notifications.tasks.bring_forward"),
    "relay-beside-mail": every(10, "notifications.tasks.relay_beside_mail"),
    "beat-heart": every(MINUTE, "notifications.tasks.beat_heart"),
    "settle-attendance": every(MINUTE, "booking.tasks.settle_attendance"),
    "materialise-maintenance": every(60 * MINUTE, "booking.tasks.materialise_maintenance"),
    "place-upkeep": every(60 * MINUTE, "booking.tasks.place_upkeep"),
    "materialise-series": every(60 * MINUTE, "booking.tasks.materialise_series"),
    "release-guaranteed": every(MINUTE, "booking.tasks.release_guaranteed"),
    "expire-requests": every(MINUTE, "booking.tasks.expire_requests"),
    "expire-displaced": every(MINUTE, "booking.tasks.expire_displaced"),
    "look-after-faults": every(5 * MINUTE, "booking.tasks.look_after_faults"),
    "expire-exchanges": every(MINUTE, "booking.tasks.expire_exchanges"),
    "offer-freed": every(MINUTE, "booking.tasks.offer_freed"),
    "follow-reminder-rules": every(MINUTE, "booking.tasks.follow_reminder_rules"),
    "remind-of-moments": every(MINUTE, "booking.tasks.remind_of_moments"),
    "remind-of-days": every(10 * MINUTE, "booking.tasks.remind_of_days"),
    "decide-inductions": every(MINUTE, "booking.tasks.decide_inductions"),
    "follow-use": every(60 * MINUTE, "booking.tasks.follow_use"),
    "hold-guaranteed": every(60 * MINUTE, "booking.tasks.hold_guaranteed"),
    "forget-answers": every(60 * MINUTE, "booking.tasks.forget_answers"),
    "follow-meters": every(MINUTE, "booking.tasks.follow_meters"),
    "forget-old-readings": every(60 * MINUTE, "machines.tasks.forget_old_readings"),
    "refresh-followed": every(MINUTE, "machines.tasks.refresh_followed"),
    "rebuild-dirty-days": every(MINUTE, "reports.tasks.rebuild_dirty_days"),
    # Somebody looks at a bar that waits for it.
    "make-exports": every(5, "reports.tasks.make_exports"),
    "import-files": every(5, "booking.tasks.import_files"),
    "send-saved-reports": every(MINUTE, "reports.tasks.send_saved_reports"),
    "forget-files": every(60 * MINUTE, "reports.tasks.forget_files"),
    "extend-rollup": every(60 * MINUTE, "reports.tasks.extend_rollup"),
    "publish-months": every(60 * MINUTE, "reports.tasks.publish_months"),
}
