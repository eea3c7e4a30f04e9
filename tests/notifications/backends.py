"""Mail backends that count their connections, or take the worker or its database with them."""

from typing import Any

import psycopg
from django.db import connection

from notifications.channels.smtp import EmailBackend


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


class CuttingBackend(EmailBackend):
    """Hands the mail over, and has the database gone before anybody can note it."""

    def send_messages(self, email_messages: Any) -> int:
        taken = super().send_messages(email_messages)
        database: Any = connection
        ours = database.connection.info
        with psycopg.connect(ours.dsn, password=ours.password) as another:
            another.execute("SELECT pg_terminate_backend(%s, 5000)", [ours.backend_pid])
        return taken
