"""The connection to the broker: messages are acknowledged when they are safe, never before.

The session at the broker outlives this program (its client id stays the same), so what is
published while it is away waits there, as far as the broker keeps it.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from booking.bridge.waiting import Delivery, Waiting
from machines.metering.telegrams import SUBSCRIPTIONS

logger = logging.getLogger(__name__)

STATUS_TOPIC = "etabli/bridge/status"
AT_MOST = 500
FEW, GATHERED_WITHIN = 10, 0.05
PORTS = {"mqtt": 1883, "mqtts": 8883}
ONCE_AT_LEAST = 1
LONGEST_PAUSE = 30
SENT_WITHIN = 5.0

LONGEST_PAYLOAD = 64 * 1024
"""Bytes; no device says so much, but the list of all that a hub knows may be long."""


@dataclass
class Link:
    """A client of the broker at `url` (mqtt://name:password@host:1883, mqtts://…)."""

    url: str
    client_id: str
    clock: Callable[[], datetime]
    connection: int = 0
    is_up: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._waiting = Waiting()
        self._client = Client(
            CallbackAPIVersion.VERSION2, self.client_id, clean_session=False, manual_ack=True
        )
        self._client.on_connect = self._connected
        self._client.on_subscribe = self._subscribed
        self._client.on_disconnect = self._disconnected
        self._client.on_message = self._arrived
        self._client.will_set(STATUS_TOPIC, "offline", ONCE_AT_LEAST, retain=True)
        self._client.reconnect_delay_set(1, LONGEST_PAUSE)

    def open(self) -> None:
        """Connect, now or as soon as there is a broker, and again whenever it is lost."""
        address = urlsplit(self.url)
        if address.username:
            password = unquote(address.password) if address.password else None
            self._client.username_pw_set(unquote(address.username), password)
        if address.scheme == "mqtts":
            self._client.tls_set()
        port = address.port or PORTS[address.scheme]
        self._client.connect_async(address.hostname or "127.0.0.1", port, keepalive=30)
        self._client.loop_start()

    def close(self) -> None:
        """Say goodbye; the session stays at the broker."""
        if self.is_up.is_set():
            self.publish(STATUS_TOPIC, "offline", retain=True)
        self._client.disconnect()
        self._client.loop_stop()

    def next(self, *, within: float) -> list[Delivery]:
        """What has come, at most AT_MOST; empty where nothing comes `within` seconds.

        A few are waited for a moment, so that they are kept together; many are not, because a
        broker may send no more before the first are acknowledged.
        """
        batch: list[Delivery] = []
        while len(batch) < AT_MOST:
            wait = GATHERED_WITHIN if batch else within
            found = self._waiting.get(within=wait if len(batch) < FEW else 0)
            if found is None:
                break
            batch.append(found)
        return batch

    def take_lost(self) -> int:
        """How many messages fell out since this was asked last."""
        return self._waiting.take_lost()

    def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """Let the broker forget `deliveries`, which are safe now.

        Those of an earlier connection come again by themselves; their numbers may mean others now.
        """
        for each in deliveries:
            if each.qos and each.connection == self.connection:
                self._client.ack(each.number, each.qos)

    def publish(self, topic: str, payload: str, *, retain: bool = False) -> bool:
        """Send; whether the broker has it within SENT_WITHIN seconds.

        What cannot be sent at all, such as to a pattern of topics, is not.
        """
        try:
            sent = self._client.publish(topic, payload, ONCE_AT_LEAST, retain=retain)
            sent.wait_for_publish(SENT_WITHIN)
        except (RuntimeError, ValueError, TypeError):
            logger.warning("Nothing could be sent to %s", topic)
            return False
        return sent.is_published()

    def _connected(
        self,
        client: Client,
        _userdata: Any,
        _flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            return
        self.connection += 1
        client.subscribe([(topic, ONCE_AT_LEAST) for topic in SUBSCRIPTIONS])
        client.publish(STATUS_TOPIC, "online", ONCE_AT_LEAST, retain=True)

    def _subscribed(self, *_told: Any) -> None:
        self.is_up.set()

    def _disconnected(self, *_told: Any) -> None:
        self.is_up.clear()

    def _arrived(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:
        payload = message.payload if len(message.payload) <= LONGEST_PAYLOAD else b""
        self._waiting.put(
            Delivery(
                topic=_topic_of(message),
                payload=bytes(payload),
                number=message.mid,
                qos=message.qos,
                is_repeated=message.dup,
                is_retained=message.retain,
                connection=self.connection,
                received_at=self.clock(),
            )
        )


def _topic_of(message: MQTTMessage) -> str:
    """The topic; "", which is nobody's, where a broker lets through what cannot be read.

    An error here would end the thread that hears.
    """
    try:
        return message.topic
    except UnicodeDecodeError:
        return ""
