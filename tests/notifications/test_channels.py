"""Each channel against a real server: what arrives there, and what its answers mean."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pytest

from notifications.channels import Channel, GoneForGood, NotTaken, TryLater
from notifications.channels.ready import ready
from notifications.models import Message
from notifications.pushing import public_key_of
from notifications.rendering import render
from notifications.states import BESIDE_MAIL, ChannelName, Trouble
from tests.factories.notifications import CONTEXT, EndpointFactory, MessageFactory
from tests.listening import Listener, listening
from tests.notifications.receiving import Browser, claims_of
from tests.smtp import free_port

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROOM = "!abc/def:example.org"
BROWSER = Browser()


@pytest.fixture
def server() -> Iterator[Listener]:
    with listening() as listener:
        yield listener


def message_on(channel: ChannelName, url: str, **changes: Any) -> Message:
    """A confirmation that goes to `url` by `channel`."""
    address, keys = {
        ChannelName.WEB_PUSH: ({"url": f"{url}/push/1"}, BROWSER.keys),
        ChannelName.MATRIX: ({"server": url, "room": ROOM}, {"token": "syt_secret"}),
        ChannelName.WEBHOOK: ({"url": f"{url}/hook"}, {"secret": "whsec_c2VjcmV0"}),
    }[channel]
    endpoint = EndpointFactory.create(channel=channel, address=address, keys=keys)
    return MessageFactory.create(
        recipient=endpoint.member, channel=channel, endpoint=endpoint, **changes
    )


def send(message: Message, now: datetime = NOW) -> None:
    with ready(BESIDE_MAIL) as channels:
        channel: Channel = channels[message.channel]
        channel.send(message, render(message), now=now)


def failure(message: Message) -> NotTaken:
    with pytest.raises(NotTaken) as caught:
        send(message)
    return caught.value


class TestWebPush:
    def test_the_browser_reads_what_was_pushed(self, server: Listener) -> None:
        message = message_on(ChannelName.WEB_PUSH, server.url)
        send(message)
        (call,) = server.calls
        assert (call.method, call.path) == ("POST", "/push/1")
        told = json.loads(BROWSER.read(call.body))
        assert told == {
            "title": "Reserved: Laser cutter, Tuesday 5 May 2026, 10:00–12:00",
            "body": "Laser cutter is reserved for you.",
            "url": CONTEXT["url"],
            "tag": message.mark,
            "lang": "en",
        }

    def test_the_service_knows_who_pushes_and_for_how_long(
        self, server: Listener, settings: Any
    ) -> None:
        send(message_on(ChannelName.WEB_PUSH, server.url, expires_at=NOW + HOUR))
        (call,) = server.calls
        claims, key = claims_of(call.headers["Authorization"])
        assert claims["aud"] == server.url
        assert claims["sub"] == "mailto:noreply@etabli.example"
        assert key == public_key_of(settings.VAPID_PRIVATE_KEY)
        assert call.headers["TTL"] == "3600"
        assert call.headers["Content-Encoding"] == "aes128gcm"
        assert len(call.headers["Topic"]) <= 32

    def test_a_long_message_in_any_script_fits_into_one_record(self, server: Listener) -> None:
        context = CONTEXT | {"machine": "🪚" * 500, "url": "https://etabli.example/" + "x" * 2_000}
        send(message_on(ChannelName.WEB_PUSH, server.url, context=context))
        assert len(json.loads(BROWSER.read(server.calls[0].body))["body"]) == 300

    @pytest.mark.parametrize("status", [404, 410])
    def test_a_subscription_that_ended_is_gone(self, server: Listener, status: int) -> None:
        server.status = status
        error = failure(message_on(ChannelName.WEB_PUSH, server.url))
        assert isinstance(error, GoneForGood)
        assert (error.trouble, str(status) in str(error)) == (Trouble.GONE, True)


class TestMatrix:
    def test_the_message_is_in_the_room_plain_and_formatted(self, server: Listener) -> None:
        message = message_on(
            ChannelName.MATRIX, server.url, context=CONTEXT | {"machine": "<b>Laser</b> & co"}
        )
        send(message)
        (call,) = server.calls
        prefix, _slash, transaction = call.path.rpartition("/")
        room = unquote(prefix.removeprefix("/_matrix/client/v3/rooms/").split("/send/")[0])
        assert (call.method, room, transaction) == ("PUT", ROOM, message.mark)
        assert prefix.endswith("/send/m.room.message")
        assert call.headers["Authorization"] == "Bearer syt_secret"
        told = json.loads(call.body)
        assert told["msgtype"] == "m.text"
        assert told["format"] == "org.matrix.custom.html"
        assert told["body"].startswith("Reserved: <b>Laser</b> & co, Tuesday 5 May 2026")
        assert "because you have a reservation" not in told["body"]
        assert "&lt;b&gt;Laser&lt;/b&gt; &amp; co" in told["formatted_body"]
        assert f'<a href="{CONTEXT["url"]}"' in told["formatted_body"]

    def test_a_second_copy_has_the_same_address(self, server: Listener) -> None:
        message = message_on(ChannelName.MATRIX, server.url)
        send(message)
        send(Message.objects.get(pk=message.pk), now=NOW + HOUR)
        first, again = server.calls
        assert first.path == again.path

    @pytest.mark.parametrize("status", [401, 403])
    def test_a_token_that_opens_nothing_is_gone(self, server: Listener, status: int) -> None:
        server.status = status
        assert isinstance(failure(message_on(ChannelName.MATRIX, server.url)), GoneForGood)


class TestWebhook:
    def test_the_program_can_tell_that_we_called(self, server: Listener) -> None:
        message = message_on(ChannelName.WEBHOOK, server.url)
        send(message)
        (call,) = server.calls
        assert (call.method, call.path) == ("POST", "/hook")
        assert call.headers["Content-Type"] == "application/json"
        signed = f"{message.mark}.{int(NOW.timestamp())}.".encode() + call.body
        proof = base64.b64encode(hmac.digest(b"secret", signed, hashlib.sha256)).decode()
        assert call.headers["webhook-signature"] == f"v1,{proof}"
        assert call.headers["webhook-id"] == message.mark
        assert call.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
        rendered = render(message)
        assert json.loads(call.body) == {
            "id": message.mark,
            "kind": "reservation_confirmed",
            "subject": rendered.subject,
            "text": rendered.text,
            "url": CONTEXT["url"],
        }

    def test_a_second_copy_has_the_same_id_and_a_new_time(self, server: Listener) -> None:
        message = message_on(ChannelName.WEBHOOK, server.url)
        send(message)
        send(Message.objects.get(pk=message.pk), now=NOW + HOUR)
        first, again = (call.headers for call in server.calls)
        assert first["webhook-id"] == again["webhook-id"]
        assert first["webhook-timestamp"] != again["webhook-timestamp"]

    def test_gone_is_gone_and_missing_may_come_back(self, server: Listener) -> None:
        server.status = 410
        assert isinstance(failure(message_on(ChannelName.WEBHOOK, server.url)), GoneForGood)
        server.status = 404
        assert isinstance(failure(message_on(ChannelName.WEBHOOK, server.url)), TryLater)


@pytest.mark.parametrize("channel", sorted(BESIDE_MAIL))
class TestEveryChannel:
    @pytest.mark.parametrize("status", [200, 201, 202, 204])
    def test_is_content_with_any_success(
        self, server: Listener, channel: ChannelName, status: int
    ) -> None:
        server.status, server.body = status, b""
        send(message_on(channel, server.url))

    @pytest.mark.parametrize(
        ("told", "after"),
        [
            ("120", timedelta(seconds=120)),
            ("Fri, 01 May 2026 13:00:00 GMT", HOUR),
            ("Fri, 01 May 2026 11:00:00 GMT", timedelta(0)),
            ("soon", None),
            ("", None),
        ],
    )
    def test_waits_as_long_as_it_is_asked_to(
        self, server: Listener, channel: ChannelName, told: str, after: timedelta | None
    ) -> None:
        server.status, server.headers = 429, {"Retry-After": told}
        error = failure(message_on(channel, server.url))
        assert isinstance(error, TryLater)
        assert (error.trouble, error.after) == (Trouble.BUSY, after)

    @pytest.mark.parametrize(
        ("status", "trouble"),
        [(500, Trouble.REJECTED), (503, Trouble.BUSY), (400, Trouble.REJECTED)],
    )
    def test_tries_again_after_an_error(
        self, server: Listener, channel: ChannelName, status: int, trouble: Trouble
    ) -> None:
        server.status = status
        error = failure(message_on(channel, server.url))
        assert isinstance(error, TryLater)
        assert (error.trouble, f"HTTP {status}" in str(error)) == (trouble, True)

    def test_gives_a_hanging_server_up(
        self, server: Listener, channel: ChannelName, settings: Any
    ) -> None:
        settings.CHANNEL_TIMEOUT = 0.2
        server.go_on.clear()
        error = failure(message_on(channel, server.url))
        assert isinstance(error, TryLater)
        assert error.trouble == Trouble.TOO_SLOW

    def test_is_unreachable_where_nobody_listens(self, channel: ChannelName) -> None:
        error = failure(message_on(channel, f"http://127.0.0.1:{free_port()}"))
        assert isinstance(error, TryLater)
        assert error.trouble == Trouble.UNREACHABLE

    def test_is_not_led_elsewhere(self, server: Listener, channel: ChannelName) -> None:
        with listening() as inside:
            server.status, server.headers = 307, {"Location": inside.url}
            error = failure(message_on(channel, server.url))
            assert isinstance(error, TryLater)
            assert (error.trouble, inside.calls) == (Trouble.REDIRECTED, [])

    def test_goes_into_no_private_network(
        self, server: Listener, channel: ChannelName, settings: Any
    ) -> None:
        settings.PRIVATE_NETWORKS_ALLOWED = ()
        error = failure(message_on(channel, server.url))
        assert isinstance(error, GoneForGood)
        assert (error.trouble, server.calls) == (Trouble.ADDRESS_REFUSED, [])

    def test_says_nothing_where_it_is_switched_off(
        self, server: Listener, channel: ChannelName
    ) -> None:
        message = message_on(channel, server.url)
        assert message.endpoint is not None
        message.endpoint.is_active = False
        assert isinstance(failure(message), GoneForGood)
        message.endpoint = None
        assert isinstance(failure(message), GoneForGood)
        assert server.calls == []

    def test_tells_no_secret_in_its_errors(self, server: Listener, channel: ChannelName) -> None:
        server.status = 500
        message = message_on(channel, server.url)
        told = str(failure(message))
        assert not any(key in told for key in message.endpoint.keys.values())
