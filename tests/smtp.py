"""A real mail server for tests: it listens, accepts or refuses, and keeps what it accepted."""

import email
import email.policy
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

PATIENCE = 120
"""Seconds; only a failure lasts so long."""


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mailbox:
    """What the server does with a mail, and every mail that it accepted.

    `answers` are what it says to MAIL and RCPT instead of yes; it hangs up on so many mails.
    `goodbyes` are the lines whose callers took leave; who is killed does not.
    """

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = "250 OK"
        self.answers: dict[str, str] = {}
        self.unknown: set[str] = set()
        self.goodbyes: set[object] = set()
        self.refused = 0
        self.hangs_up_on = 0
        self.seconds = 0.0
        self.holding = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()

    def accept(self, content: bytes, line: object) -> str:
        """The server's answer to one mail; waits while the test holds the server up."""
        del line
        self.holding.set()
        self.go_on.wait(PATIENCE)
        if not self.answer.startswith("250"):
            self.refused += 1
            return self.answer
        mail = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        time.sleep(self.seconds / 2)
        self.mails.append(mail)
        time.sleep(self.seconds / 2)
        return self.answer

    def wait_for(self, count: int, seconds: float = PATIENCE) -> list[EmailMessage]:
        """The mails, as soon as there are `count`."""
        deadline = time.monotonic() + seconds
        while len(self.mails) < count:
            assert time.monotonic() < deadline, f"{len(self.mails)} of {count} mails arrived"
            time.sleep(0.05)
        return self.mails


class _Handler:
    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.mailbox.unknown:
            return "550 No such mailbox"
        if self.mailbox.hangs_up_on:
            self.mailbox.hangs_up_on -= 1
            server.transport.close()
        envelope.rcpt_tos.append(address)
        return self.mailbox.answers.get("RCPT", "250 OK")

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.mailbox.answers.get("MAIL", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        assert server.loop is not None
        return await server.loop.run_in_executor(
            None, self.mailbox.accept, envelope.content, session
        )

    async def handle_QUIT(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        self.mailbox.goodbyes.add(session)
        return "221 Bye"


@contextmanager
def listening(mailbox: Mailbox, port: int | None = None) -> Iterator[int]:
    """A server that fills `mailbox`; its port."""
    controller = Controller(
        _Handler(mailbox), "127.0.0.1", port or free_port(), ready_timeout=PATIENCE
    )
    controller.start()
    try:
        yield controller.port
    finally:
        mailbox.go_on.set()
        controller.stop()


@pytest.fixture
def smtp_server(settings: Any) -> Iterator[Mailbox]:
    """A mail server that Django in this process sends to; its port is settings.EMAIL_PORT."""
    mailbox = Mailbox()
    with listening(mailbox) as port:
        settings.EMAIL_BACKEND = "notifications.channels.smtp.EmailBackend"
        settings.EMAIL_HOST = "127.0.0.1"
        settings.EMAIL_PORT = port
        yield mailbox
