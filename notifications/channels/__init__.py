"""The ways in which a message reaches a person, behind one small interface."""

from datetime import datetime, timedelta
from typing import ClassVar, Protocol

from notifications.models import Endpoint, Message
from notifications.rendering import Rendered
from notifications.states import ChannelName, Trouble


class NotTaken(Exception):
    """The channel did not take the message: why, in a word for people and in one for logs."""

    def __init__(self, trouble: Trouble, detail: str) -> None:
        super().__init__(detail)
        self.trouble = trouble


class TryLater(NotTaken):
    """It may take it another time; `after` is how long it asked us to wait."""

    def __init__(self, trouble: Trouble, detail: str, after: timedelta | None = None) -> None:
        super().__init__(trouble, detail)
        self.after = after


class GoneForGood(NotTaken):
    """It will never take a message of ours again."""


class ServerAway(Exception):
    """Our own server cannot be reached: no message is to blame, and no attempt is counted."""


class ServerBusy(ServerAway):
    """Our own server takes no mail for now: the message waits behind the others."""


class NotNow(Exception):
    """Our own server may take this message another time: it is tried for days."""


class Channel(Protocol):
    """One way to reach a person."""

    name: ClassVar[ChannelName]

    def send(self, message: Message, rendered: Rendered, *, now: datetime) -> None:
        """Hand `message` over, marked so that its receiver knows a second copy as one.

        Raises TryLater or GoneForGood; other errors are the fault of the message.
        """


def endpoint_of(message: Message) -> Endpoint:
    """Where a message goes that is no mail; raises GoneForGood where nothing is sent any more."""
    if message.endpoint is None or not message.endpoint.is_active:
        raise GoneForGood(Trouble.GONE, "switched off or removed")
    return message.endpoint
