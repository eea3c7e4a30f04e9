"""What has come from the broker and is not kept yet: in order, and never more than fits."""

import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime

MOST_WAITING = 20_000
"""Messages that nobody waits to have acknowledged; at fifty a second that is some minutes."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as it came, with the connection over which it must be acknowledged."""

    topic: str
    payload: bytes
    number: int
    qos: int
    is_repeated: bool
    is_retained: bool
    connection: int
    received_at: datetime


class Waiting:
    """A queue out of which the oldest fall that were promised to nobody.

    What must be acknowledged never falls out: of that the broker sends no more before the first
    are (`max_inflight_messages`), so it is bounded there. What was published with QoS 0 comes as
    fast as anybody likes to publish.
    """

    def __init__(self, most: int = MOST_WAITING) -> None:
        self._most = most
        self._promised: deque[tuple[int, Delivery]] = deque()
        self._others: deque[tuple[int, Delivery]] = deque()
        self._come = 0
        self._lost = 0
        self._changed = threading.Condition()

    def put(self, delivery: Delivery) -> None:
        """Add one; where too many wait the oldest that was promised to nobody goes."""
        with self._changed:
            self._come += 1
            queue = self._promised if delivery.qos else self._others
            queue.append((self._come, delivery))
            if len(self._others) > self._most:
                self._others.popleft()
                self._lost += 1
            self._changed.notify()

    def get(self, *, within: float) -> Delivery | None:
        """The one that came first, waited for at most so many seconds; None where none comes."""
        with self._changed:
            self._changed.wait_for(lambda: self._promised or self._others, timeout=within)
            queues = [each for each in (self._promised, self._others) if each]
            if not queues:
                return None
            _number, delivery = min(queues, key=lambda each: each[0][0]).popleft()
            return delivery

    def take_lost(self) -> int:
        """How many fell out since this was asked last."""
        with self._changed:
            lost, self._lost = self._lost, 0
        return lost
