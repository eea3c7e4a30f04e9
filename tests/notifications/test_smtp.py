"""A mail server that has a whole mail is waited for, longer than for anything else."""

from typing import Any

from notifications.channels.smtp import ANSWER_WITHIN, EmailBackend, Patient, PatientOverTLS
from tests.smtp import Mailbox, listening

USUAL = 10.0


class Watched(Patient):
    """Knows how long it would have waited for the answer to each line that it sent."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.waits: list[tuple[bytes, float | None]] = []
        super().__init__(*arguments, **options)

    def send(self, s: Any) -> None:
        assert self.sock is not None
        line = s if isinstance(s, bytes) else s.encode()
        self.waits.append((line[-5:], self.sock.gettimeout()))
        super().send(s)


def test_the_answer_to_a_mail_may_take_longer_than_others() -> None:
    with (
        listening(Mailbox()) as port,
        Watched("127.0.0.1", port, timeout=USUAL) as line,
    ):
        for _number in range(2):
            line.sendmail("a@example.org", ["b@example.org"], b"Subject: a\r\n\r\nb\r\n")
    waits = [each for end, each in line.waits if end == b"\r\n.\r\n"]
    assert waits == [ANSWER_WITHIN] * 2
    assert {each for _end, each in line.waits} == {USUAL, ANSWER_WITHIN}
    assert line.waits[-1][1] == USUAL


def test_so_it_is_over_tls() -> None:
    assert EmailBackend(use_ssl=True).connection_class is PatientOverTLS
    assert EmailBackend(use_ssl=False).connection_class is Patient
