"""`manage.py flush` as the tests need it, hundreds of times.

Django truncates every table and writes the content types and permissions anew. Most tables are
empty, and to truncate one takes longer than to delete a few rows.
"""

import time
from typing import Any

from django.core.management.commands import flush
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

KEPT = {"auth_permission", "django_content_type"}
IS_MIGHTY = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
AT_WORK = (
    "SELECT query FROM pg_stat_activity WHERE datname = current_database()"
    " AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
)
DONE_WITHIN = 60
"""Seconds that whoever is still at work has."""


class Command(flush.Command):
    """Delete all rows but those that the migrations end with."""

    def handle(self, **options: Any) -> None:
        with connection.cursor() as cursor:
            _wait_for_others(cursor)
            cursor.execute(IS_MIGHTY)
            (is_mighty,) = cursor.fetchone()
        if is_mighty:
            with transaction.atomic(), connection.cursor() as cursor:
                _delete_everything(cursor)
        else:
            super().handle(**options)


def _wait_for_others(cursor: CursorWrapper) -> None:
    """Until nobody else is in a transaction: all tables at once could meet it in a deadlock.

    A process that was killed leaves the server with what it had asked for last.
    """
    ends = time.monotonic() + DONE_WITHIN
    while True:
        cursor.execute(AT_WORK)
        at_work = [query for (query,) in cursor.fetchall()]
        if not at_work:
            return
        if time.monotonic() > ends:
            raise TimeoutError(f"Still at work behind the test: {at_work}")
        time.sleep(0.02)


def _delete_everything(cursor: CursorWrapper) -> None:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = [f'"{name}"' for name in names if name not in KEPT]
    # As TRUNCATE does: whoever still writes comes to an end first.
    cursor.execute(f"LOCK TABLE {', '.join(tables)}")
    cursor.execute(
        " UNION ALL ".join(f"SELECT '{each}' WHERE EXISTS (SELECT FROM {each})" for each in tables)
    )
    full = [name for (name,) in cursor.fetchall()]
    # Neither triggers nor foreign keys are asked.
    cursor.execute("SET LOCAL session_replication_role = replica")
    for each in full:
        cursor.execute(f"DELETE FROM {each}")
