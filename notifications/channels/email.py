"""E-mail: one message to one address over an SMTP connection that a batch shares."""

import mimetypes
import re
from datetime import datetime
from email.mime.application import MIMEApplication
from email.mime.text import MIMEText
from email.utils import parseaddr
from typing import ClassVar

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from notifications.channels import ServerAway
from notifications.channels.foot import foot_of
from notifications.channels.refusals import raise_unless_final
from notifications.models import Message
from notifications.rendering import Rendered
from notifications.states import ChannelName

METHOD = re.compile(r"^METHOD:(?P<method>[A-Z]+)\s*$", re.MULTILINE)
"""Our own texts have it on a line of its own; parsing all of one takes as long as sending it."""


class Email:
    """The mailbox that everybody has."""

    name: ClassVar = ChannelName.EMAIL

    def __init__(self) -> None:
        self._connection: BaseEmailBackend = get_connection()

    def send(self, message: Message, rendered: Rendered, *, now: datetime) -> None:
        """Hand `message` to the mail server; raises ServerAway where there is none.

        Raises ServerBusy or NotNow where it says, or may mean, that another time is better.
        """
        try:
            self._connection.open()
        except OSError as error:
            raise ServerAway(f"{type(error).__name__}: {error}") from error
        try:
            send(message, rendered, self._connection)
        except Exception as error:
            # What was said last is unknown: the next mail begins anew.
            self.close()
            raise_unless_final(error)
            raise

    def close(self) -> None:
        """Take leave of the mail server."""
        self._connection.close()


def send(message: Message, rendered: Rendered, connection: BaseEmailBackend) -> None:
    """Hand `message` to the mail server; raises OSError or SMTPException when it refuses."""
    foot = foot_of(message, rendered.parts, rendered.told_with)
    mail = EmailMultiAlternatives(
        subject=rendered.subject,
        body=rendered.text + foot.text,
        to=[message.goes_to],
        connection=connection,
        headers={
            "Message-ID": message_id(message),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            **foot.headers,
        },
    )
    mail.attach_alternative(foot.below(rendered.html), "text/html")
    told_in_it = (*rendered.parts, *rendered.told_with)
    for calendar in (rendered.attachment, *(part.attachment for part in told_in_it)):
        if calendar:
            mail.attach(calendar_part(calendar))
    for told in (message, *told_in_it):
        for file in told.context.get("files", ()):
            mail.attach(stored_part(**file))
    mail.send()


def stored_part(*, name: str, path: str) -> MIMEApplication:
    """A file of our store; raises FileNotFoundError where it is there no longer.

    Messages name files and do not hold them: a log of years must not hold them either.
    """
    with default_storage.open(path) as file:
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        part = MIMEApplication(file.read(), kind.partition("/")[2])
    part.add_header("Content-Disposition", "attachment", filename=name)
    return part


def message_id(message: Message) -> str:
    """Always the same for the same message, so that a copy sent after a crash is known as one."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{message.pk}.{message.mark}@{domain}>"


def calendar_part(text: str) -> MIMEText:
    """An iCalendar text as a part that mail programs act upon: its method stands in the type."""
    found = METHOD.search(text)
    if found is None:
        raise ValueError("a calendar text without a method")
    part = MIMEText(text, "calendar", "utf-8")
    part.set_param("method", found["method"])
    part.add_header("Content-Disposition", "attachment", filename="reservation.ics")
    return part
