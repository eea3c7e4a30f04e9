"""The channels as a batch of messages finds them: opened once, and put away at the end."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from notifications.channels import Channel
from notifications.channels.email import Email
from notifications.channels.matrix import Matrix
from notifications.channels.webhook import Webhook
from notifications.channels.webpush import WebPush
from notifications.states import ChannelName


@contextmanager
def ready(names: Collection[ChannelName]) -> Iterator[Mapping[str, Channel]]:
    """Those called `names`; the mails of a batch share one connection."""
    email = Email()
    every: tuple[Channel, ...] = (email, WebPush(), Matrix(), Webhook())
    try:
        yield {channel.name: channel for channel in every if channel.name in names}
    finally:
        email.close()
