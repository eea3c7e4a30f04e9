"""A mail server on loopback that keeps of every mail only who it is and when it was accepted."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from config.stack.process import free_port

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.MULTILINE | re.IGNORECASE)


class Accepted(NamedTuple):
    """One mail that the server said yes to, and when, in seconds of the clock on the wall."""

    message_id: str
    at: float


class Post:
    """What the server does; `seconds` is how long it takes over each mail."""

    def __init__(self, *, seconds: float = 0.0) -> None:
        self.accepted: list[Accepted] = []
        self.seconds = seconds
        self.refuses = False
        self.refused = 0

    def take(self, content: bytes) -> str:
        """Accept or refuse one mail; half of the time passes after it was accepted."""
        if self.refuses:
            self.refused += 1
            return "451 Try again later"
        found = MESSAGE_ID.search(content)
        if found is None:
            return "550 No Message-ID"
        time.sleep(self.seconds / 2)
        self.accepted.append(Accepted(found[1].decode(), time.time()))
        time.sleep(self.seconds / 2)
        return "250 OK"


class _Handler:
    def __init__(self, post: Post) -> None:
        self.post = post

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        assert server.loop is not None
        return await server.loop.run_in_executor(None, self.post.take, envelope.content)


@contextmanager
def open_post(post: Post) -> Iterator[int]:
    """Listen until the block ends; yields the port."""
    controller = Controller(_Handler(post), hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
