"""`manage.py flush` as the tests need it, hundreds of times.

Django truncates every table and writes the content types and permissions anew. Most tables are
empty, and to truncate one takes longer than to delete a few rows.
"""

from typing import Any

from django.core.management.commands import flush
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

KEPT = {"auth_permission", "django_content_type"}
IS_MIGHTY = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"


class Command(flush.Command):
    """Delete all rows but those that the migrations end with."""

    def handle(self, **options: Any) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(IS_MIGHTY)
            (is_mighty,) = cursor.fetchone()
            if is_mighty:
                _delete_everything(cursor)
        if not is_mighty:
            super().handle(**options)


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
