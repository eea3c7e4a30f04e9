"""The background workers and what they do when."""

import os
from typing import Any

from celery import Celery
from celery.signals import celeryd_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("etabli")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

MINUTE = 60


@celeryd_init.connect
def be_patient(conf: Any, **_: Any) -> None:
    """Let the worker wait for work: the web's short time-outs would end every quiet wait."""
    conf.broker_transport_options = {"socket_connect_timeout": 5, "socket_keepalive": True}


def every(seconds: int, task: str) -> dict[str, object]:
    """A beat entry; a wake-up older than two periods is dropped, the next one does its work."""
    return {"task": task, "schedule": seconds, "options": {"expires": 2 * seconds}}


app.conf.beat_schedule = {
    # Someone who signs up waits for this mail; looking for due rows costs a millisecond.
    "relay-messages": every(10, "notifications.tasks.relay"),
    "beat-heart": every(MINUTE, "notifications.tasks.beat_heart"),
    "settle-attendance": every(MINUTE, "booking.tasks.settle_attendance"),
    "materialise-maintenance": every(60 * MINUTE, "booking.tasks.materialise_maintenance"),
    "rebuild-dirty-days": every(MINUTE, "reports.tasks.rebuild_dirty_days"),
    "extend-rollup": every(60 * MINUTE, "reports.tasks.extend_rollup"),
}
