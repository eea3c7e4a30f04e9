"""How far an import is, told while its transaction goes on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

from machines.models import ImportDraft


@contextmanager
def progress_of(draft: ImportDraft) -> Iterator[Callable[[int, int], None]]:
    """A function that writes down how many of how many are done, for everybody to see at once.

    What a transaction writes nobody sees before its end, so this writes beside it, through a
    connection of its own. The transaction must leave the draft alone until it told the last.
    """
    beside = connection.copy()

    def tell(done: int, total: int) -> None:
        with beside.cursor() as cursor:
            cursor.execute(
                "UPDATE machines_importdraft SET done = %s, total = %s WHERE id = %s",
                [done, total, draft.pk],
            )

    try:
        yield tell
    finally:
        beside.close()
