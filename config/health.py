"""Whether the installation works, for whoever watches over it."""

from datetime import datetime, timedelta

import redis
from django.conf import settings
from django.db import Error
from django.http import HttpRequest, JsonResponse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry

from machines.queries.devices import silent_count
from notifications.heartbeats import signs_of_life

REDIS_ANSWERS_WITHIN = 0.5


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """The state of every part as JSON; 503 where one of them does not work."""
    parts = _from_database(now())
    parts["redis"] = {"ok": _redis_answers()}
    ok = all(part["ok"] for part in parts.values())
    return JsonResponse({"ok": ok, "parts": parts}, status=200 if ok else 503)


def _from_database(moment: datetime) -> dict[str, dict[str, object]]:
    """What the database tells, itself included; only that it is gone where it is."""
    try:
        signs = signs_of_life(moment)
        silent = silent_count(moment)
    except Error:
        return {"database": {"ok": False}}
    waiting = moment - signs.due_since if signs.due_since else timedelta(0)
    parts: dict[str, dict[str, object]] = {
        "database": {"ok": True},
        "worker": _heard(signs.worker_at, moment, ok=not signs.worker_is_silent),
        "beat": _heard(signs.beat_at, moment, ok=not signs.beat_is_silent),
        "mail": {
            "ok": not signs.mail_is_late,
            "oldest_unsent_seconds": int(waiting.total_seconds()),
        },
        # A plug that somebody pulled out is no fault of the installation.
        "devices": {"ok": True, "silent": silent},
    }
    if settings.MQTT_URL:
        parts["bridge"] = _heard(signs.bridge_at, moment, ok=not signs.bridge_is_silent)
    return parts


def _heard(last: datetime | None, moment: datetime, *, ok: bool) -> dict[str, object]:
    seconds = int((moment - last).total_seconds()) if last else None
    return {"ok": ok, "silent_seconds": seconds}


def _redis_answers() -> bool:
    """Asked once and briefly: a server that hangs must not hang this page."""
    client = redis.Redis.from_url(
        settings.CELERY_BROKER_URL,
        socket_timeout=REDIS_ANSWERS_WITHIN,
        socket_connect_timeout=REDIS_ANSWERS_WITHIN,
        retry=Retry(NoBackoff(), 0),
    )
    with client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
