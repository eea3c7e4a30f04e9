"""A mail server for the demo: it accepts every message and keeps its text for the developer.

    python -m config.mailbox PORT FOLDER

Staff read what was sent on the page of messages. Mails about accounts hold a key and are
not shown there, so whoever signs up in the demo finds the link in FOLDER.
"""

import asyncio
import email
import email.policy
import signal
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

KEPT = 200
"""How many mails are kept; older ones make room."""


def text_of(content: bytes) -> str:
    """The head and the plain text of a mail, as one reads it."""
    mail = email.message_from_bytes(content, policy=email.policy.default)
    body = mail.get_body(("plain",))
    head = "".join(f"{name}: {mail[name]}\n" for name in ("Date", "From", "To", "Subject"))
    return f"{head}\n{body.get_content() if body else ''}"


class Keep:
    """Says yes to every message and writes it down, for nobody else to read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.number = max((int(each.stem) for each in folder.glob("*.txt")), default=0)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Accept one message, keep its text and print who it is for and where it lies."""
        self.number += 1
        path = self.folder / f"{self.number:06}.txt"
        path.write_text(text_of(envelope.original_content or b""), encoding="utf-8")
        for old in sorted(self.folder.glob("*.txt"))[:-KEPT]:
            old.unlink()
        print("mail for", ", ".join(envelope.rcpt_tos), "in", path, flush=True)
        return "250 OK"


async def serve(port: int, folder: Path) -> None:
    """Accept mail on a loopback port until asked to stop."""
    keep = Keep(folder)
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stopped.set)
    server = await loop.create_server(lambda: SMTP(keep), "127.0.0.1", port)
    async with server:
        await stopped.wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
