"""Web push: a notification in the browser of a member, through the push service of its maker."""

import json
from datetime import datetime, timedelta
from email.utils import parseaddr
from http import HTTPStatus
from typing import ClassVar

from django.conf import settings

from notifications.channels import endpoint_of
from notifications.channels.calling import call
from notifications.channels.gist import gist_of, url_of
from notifications.models import Message
from notifications.pushing import authorization, encrypted
from notifications.rendering import Rendered, language_of
from notifications.states import ChannelName

GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
USEFUL_FOR = timedelta(days=1)
"""How long the service keeps what the browser does not fetch, where the message does not say."""

LONGEST_TITLE, LONGEST_BODY, LONGEST_URL = 200, 300, 1_000
"""Together less than one record, whatever the script."""


class WebPush:
    """A browser that agreed to be told."""

    name: ClassVar = ChannelName.WEB_PUSH

    def send(self, message: Message, rendered: Rendered, *, now: datetime) -> None:
        """Push `message`; the topic and the tag make a second copy replace the first."""
        endpoint = endpoint_of(message)
        url = endpoint.address["url"]
        call(
            url,
            method="POST",
            headers={
                "Authorization": authorization(
                    url=url, private_key=settings.VAPID_PRIVATE_KEY, contact=contact(), now=now
                ),
                "Content-Type": "application/octet-stream",
                "Content-Encoding": "aes128gcm",
                "TTL": str(_useful_for(message, now)),
                "Topic": message.mark,
                "Urgency": "normal",
            },
            body=encrypted(payload_of(message, rendered), **endpoint.keys),
            gone=GONE,
            now=now,
        )


def payload_of(message: Message, rendered: Rendered) -> bytes:
    """What the service worker shows (templates/service-worker.js)."""
    told = {
        "title": rendered.subject[:LONGEST_TITLE],
        "body": gist_of(rendered)[:LONGEST_BODY],
        "url": url_of(message)[:LONGEST_URL],
        "tag": message.mark,
        "lang": language_of(message),
    }
    return json.dumps(told, ensure_ascii=False).encode()


def contact() -> str:
    """Whom the owner of a push service may write to about us."""
    return f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"


def _useful_for(message: Message, now: datetime) -> int:
    """Seconds until nobody needs it any more."""
    lasts = message.expires_at - now if message.expires_at else USEFUL_FOR
    return max(int(min(lasts, 28 * USEFUL_FOR).total_seconds()), 0)
