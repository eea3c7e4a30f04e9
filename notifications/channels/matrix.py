"""Matrix: a message in a room, by the client-server API of the member's own home server."""

import json
from datetime import datetime
from http import HTTPStatus
from typing import ClassVar
from urllib.parse import quote

from django.template.defaultfilters import linebreaks_filter, urlize
from django.utils.html import format_html

from notifications.channels import endpoint_of
from notifications.channels.calling import call
from notifications.channels.gist import body_of
from notifications.models import Endpoint, Message
from notifications.rendering import Rendered
from notifications.states import ChannelName

GONE = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


class Matrix:
    """A room that a member lets us write into, with a token of their own."""

    name: ClassVar = ChannelName.MATRIX

    def send(self, message: Message, rendered: Rendered, *, now: datetime) -> None:
        """Write `message` into the room; the server knows a second copy by its address."""
        endpoint = endpoint_of(message)
        call(
            address_of(endpoint, message),
            method="PUT",
            headers={
                "Authorization": f"Bearer {endpoint.keys['token']}",
                "Content-Type": "application/json",
            },
            body=json.dumps(content_of(rendered)).encode(),
            gone=GONE,
            now=now,
        )


def address_of(endpoint: Endpoint, message: Message) -> str:
    """Where the message goes; its last part is the transaction, always the same for a message."""
    server, room = endpoint.address["server"].rstrip("/"), quote(endpoint.address["room"], safe="")
    return f"{server}/_matrix/client/v3/rooms/{room}/send/m.room.message/{message.mark}"


def content_of(rendered: Rendered) -> dict[str, str]:
    """The event: plain, and formatted with what every client knows."""
    body = body_of(rendered)
    html = format_html(
        "<p><strong>{}</strong></p>{}", rendered.subject, linebreaks_filter(urlize(body))
    )
    return {
        # Not a notice: clients are silent about those, and this is a reminder.
        "msgtype": "m.text",
        "body": f"{rendered.subject}\n\n{body}",
        "format": "org.matrix.custom.html",
        "formatted_body": html,
    }
