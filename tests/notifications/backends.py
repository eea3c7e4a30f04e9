"""Mail backends that count their connections, or take the worker with them."""

from typing import Any

from django.core.mail.backends.smtp import EmailBackend


class CountingBackend(EmailBackend):
    opened = 0

    def open(self) -> bool | None:
        was_new = super().open()
        CountingBackend.opened += bool(was_new)
        return was_new


class Killed(BaseException):
    """The worker ends without a word, and its transaction with it."""


class DyingBackend(EmailBackend):
    """Hands the mail over, and is killed before anybody hears of it."""

    def send_messages(self, email_messages: Any) -> int:
        super().send_messages(email_messages)
        raise Killed
