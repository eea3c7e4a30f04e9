"""The mail server of the demo keeps what it accepts, so that one can sign up."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller

from config.mailbox import KEPT, Keep
from config.stack.process import free_port


@contextmanager
def mailbox(folder: Path) -> Iterator[smtplib.SMTP]:
    """A connection to a listening mailbox that keeps its mails in `folder`."""
    controller = Controller(Keep(folder), "127.0.0.1", free_port(), ready_timeout=120)
    controller.start()
    try:
        with smtplib.SMTP(controller.hostname, controller.port) as connection:
            yield connection
    finally:
        controller.stop()


def send(connection: smtplib.SMTP, subject: str) -> None:
    """Send a mail in two forms."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "etabli@example.org", "nina@example.org", subject
    mail.set_content("Bonjour, c’est ici: http://127.0.0.1:8000/account/confirm-email/abc/\n" * 3)
    mail.add_alternative("<p>Bonjour</p>", subtype="html")
    assert connection.send_message(mail) == {}


def test_a_mail_is_kept_as_one_reads_it_and_for_nobody_else(tmp_path: Path) -> None:
    with mailbox(tmp_path / "mail") as connection:
        send(connection, "Bestätigen")

    text = (tmp_path / "mail" / "000001.txt").read_text()
    assert "Subject: Bestätigen" in text
    assert "c’est ici: http://127.0.0.1:8000/account/confirm-email/abc/" in text
    assert (tmp_path / "mail").stat().st_mode & 0o077 == 0


def test_numbers_go_on_after_a_restart_and_old_mails_make_room(tmp_path: Path) -> None:
    with mailbox(tmp_path) as connection:
        for number in range(KEPT + 1):
            send(connection, str(number))
    with mailbox(tmp_path) as connection:
        send(connection, "last")

    kept = sorted(each.name for each in tmp_path.iterdir())
    assert len(kept) == KEPT
    assert kept[-1] == f"{KEPT + 2:06}.txt"
