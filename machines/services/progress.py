"""How far an import or an export is, told while its transaction goes on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.models import Model
from psycopg import sql


@contextmanager
def progress_of(work: Model) -> Iterator[Callable[[int, int], None]]:
    """A function that writes down how many of how many are done, for everybody to see at once.

    What a transaction writes nobody sees before its end, so this writes beside it, through a
    connection of its own, into the columns `done` and `total` of `work`. The transaction must
    leave that row alone until it told the last.
    """
    beside = connection.copy()
    table = sql.Identifier(work._meta.db_table)  # noqa: SLF001 - documented
    update = sql.SQL("UPDATE {} SET done = %s, total = %s WHERE id = %s").format(table)

    def tell(done: int, total: int) -> None:
        with beside.cursor() as cursor:
            cursor.execute(update, [done, total, work.pk])

    try:
        yield tell
    finally:
        beside.close()
