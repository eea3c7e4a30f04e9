"""A mail server for the demo: it accepts every message and forgets it.

    python -m config.mailbox PORT

What was sent is read on the page of messages, which is the log of the outbox.
"""

import asyncio
import signal
import sys

from aiosmtpd.smtp import SMTP, Envelope, Session


class Accept:
    """Says yes to every message."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Accept one message and print who it is for."""
        print("mail for", ", ".join(envelope.rcpt_tos), flush=True)
        return "250 OK"


async def serve(port: int) -> None:
    """Accept mail on a loopback port until asked to stop."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stopped.set)
    server = await loop.create_server(lambda: SMTP(Accept()), "127.0.0.1", port)
    async with server:
        await stopped.wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
