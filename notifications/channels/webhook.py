"""A webhook: a signed request to a program of a member, by the Standard Webhooks specification.

https://www.standardwebhooks.com has ready libraries that check what is signed here.
"""

import base64
import hashlib
import hmac
import json
import secrets
from datetime import datetime
from http import HTTPStatus
from typing import ClassVar

from notifications.channels import endpoint_of
from notifications.channels.calling import call
from notifications.channels.gist import url_of
from notifications.models import Message
from notifications.rendering import Rendered
from notifications.states import ChannelName

GONE = (HTTPStatus.GONE,)
PREFIX = "whsec_"
SECRET_BYTES = 32


class Webhook:
    """A program that is called."""

    name: ClassVar = ChannelName.WEBHOOK

    def send(self, message: Message, rendered: Rendered, *, now: datetime) -> None:
        """Call the program; it knows a second copy by `webhook-id`."""
        endpoint = endpoint_of(message)
        body = json.dumps(content_of(message, rendered), ensure_ascii=False).encode()
        timestamp = str(int(now.timestamp()))
        call(
            endpoint.address["url"],
            method="POST",
            headers={
                "Content-Type": "application/json",
                "webhook-id": message.mark,
                "webhook-timestamp": timestamp,
                "webhook-signature": signature(
                    endpoint.keys["secret"], f"{message.mark}.{timestamp}.".encode() + body
                ),
            },
            body=body,
            gone=GONE,
            now=now,
        )


def content_of(message: Message, rendered: Rendered) -> dict[str, str]:
    """What a program learns; more is on the page of `url` and in the API."""
    return {
        "id": message.mark,
        "kind": message.kind,
        "subject": rendered.subject,
        "text": rendered.text,
        "url": url_of(message),
    }


def new_secret() -> str:
    """A secret to sign with, in the form that ready libraries take."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, signed: bytes) -> str:
    """Version 1: HMAC-SHA256 under what is behind the prefix."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
