"""One at a time: work that must not fill the workers however slowly it goes.

The lock belongs to the connection: whatever kills the worker gives it back.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection as database


@contextmanager
def alone(lock: int) -> Iterator[bool]:
    """Whether nobody else is at what `lock` stands for; then others are kept from it."""
    is_ours = _answer("SELECT pg_try_advisory_lock(%s)", lock)
    try:
        yield is_ours
    finally:
        if is_ours:
            _answer("SELECT pg_advisory_unlock(%s)", lock)


def _answer(question: str, lock: int) -> bool:
    with database.cursor() as cursor:
        cursor.execute(question, [lock])
        return bool(cursor.fetchone()[0])
