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

from notifications.heartbeats import BEAT, WORKER, oldest_due, silence_of
from notifications.states import HEARTBEAT_IS_LATE_AFTER

REDIS_ANSWERS_WITHIN = 0.5
MAIL_IS_LATE_AFTER = timedelta(minutes=15)


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
        waiting = oldest_due(moment)
        return {
            "database": {"ok": True},
            "worker": _alive(silence_of(WORKER, moment)),
            "beat": _alive(silence_of(BEAT, moment)),
            "mail": {
                "ok": waiting <= MAIL_IS_LATE_AFTER,
                "oldest_unsent_seconds": int(waiting.total_seconds()),
            },
        }
    except Error:
        return {"database": {"ok": False}}


def _alive(silence: timedelta | None) -> dict[str, object]:
    if silence is None:
        return {"ok": False, "silent_seconds": None}
    return {
        "ok": silence <= HEARTBEAT_IS_LATE_AFTER,
        "silent_seconds": int(silence.total_seconds()),
    }


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
