"""A mail server that has a whole mail is waited for: to hang up then is to send it twice."""

import smtplib
from typing import Any

from django.core.mail.backends.smtp import EmailBackend as DjangoBackend

ANSWER_WITHIN = 90.0
"""Seconds for the answer to a whole mail, which filters may read first.

RFC 5321 (4.5.3.2.6) asks for ten minutes, because who has hung up does not know that the mail was
taken, and sends it again. So long would end the task of the relay; a minute and a half does not,
whatever else the server is slow in.
"""


class Patient(smtplib.SMTP):
    """Waits longer for the answer to a mail than for any other."""

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Hand over a mail; raises what smtplib raises."""
        self._wait(ANSWER_WITHIN)
        try:
            return super().data(msg)
        finally:
            self._wait(self.timeout)

    def _wait(self, seconds: float) -> None:
        """From now on; a line that broke is no more."""
        if self.sock is not None:
            self.sock.settimeout(seconds)


class PatientOverTLS(Patient, smtplib.SMTP_SSL):
    """The same where the whole line is encrypted."""


class EmailBackend(DjangoBackend):
    """Django's, with patience."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """What speaks with the server."""
        return PatientOverTLS if self.use_ssl else Patient
