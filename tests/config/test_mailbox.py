"""The mail server of the demo keeps what it accepts, so that one can sign up."""

from asyncio import run
from email.message import EmailMessage
from pathlib import Path
from unittest.mock import sentinel

from aiosmtpd.smtp import Envelope

from config.mailbox import KEPT, Keep


def accept(keep: Keep, subject: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "etabli@example.org", "nina@example.org", subject
    mail.set_content("Bonjour, c’est ici: http://127.0.0.1:8000/account/confirm-email/abc/\n" * 3)
    mail.add_alternative("<p>Bonjour</p>", subtype="html")
    envelope = Envelope()
    envelope.rcpt_tos, envelope.original_content = ["nina@example.org"], bytes(mail)
    assert run(keep.handle_DATA(sentinel.server, sentinel.session, envelope)) == "250 OK"


def test_a_mail_is_kept_as_one_reads_it_and_for_nobody_else(tmp_path: Path) -> None:
    keep = Keep(tmp_path / "mail")
    accept(keep, "Bestätigen")

    text = (tmp_path / "mail" / "000001.txt").read_text()
    assert "Subject: Bestätigen" in text
    assert "c’est ici: http://127.0.0.1:8000/account/confirm-email/abc/" in text
    assert (tmp_path / "mail").stat().st_mode & 0o077 == 0


def test_numbers_go_on_after_a_restart_and_old_mails_make_room(tmp_path: Path) -> None:
    keep = Keep(tmp_path)
    for number in range(KEPT + 1):
        accept(keep, str(number))
    accept(Keep(tmp_path), "last")

    kept = sorted(each.name for each in tmp_path.iterdir())
    assert len(kept) == KEPT
    assert kept[-1] == f"{KEPT + 2:06}.txt"
