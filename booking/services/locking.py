"""One writer per machine at a time: advisory locks, and the same work again after a deadlock."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import DatabaseError, connection, transaction

T = TypeVar("T")

COMPANY_LOCKS, MEMBER_LOCKS, POOL_LOCKS, MACHINE_LOCKS = 1, 2, 3, 4
"""The namespaces of the locks, in the order in which they are taken (HOUSE §4).

They fill the bits that no id reaches.
"""

NAMESPACE_SHIFT = 48
TRIES = 3
WORTH_ANOTHER_TRY = frozenset({"40001", "40P01", "55P03"})
"""Serialization failure, deadlock, lock not available: nothing was wrong with the request."""


class MovedAway(Exception):
    """The reservation went to another machine between the first look and the lock."""


def lock(
    *,
    companies: Iterable[int] = (),
    members: Iterable[int] = (),
    pools: Iterable[int] = (),
    machines: Iterable[int] = (),
) -> None:
    """Wait for all of these by their ids, and keep them until the transaction ends.

    Everybody takes them in one order, each kind in the order of its ids: without this, writers
    that meet on one slot deadlock in the exclusion constraint (HOUSE §5). A company or a member
    is held where something of theirs is counted.
    """
    keys = [
        (namespace << NAMESPACE_SHIFT) + pk
        for namespace, ids in (
            (COMPANY_LOCKS, companies),
            (MEMBER_LOCKS, members),
            (POOL_LOCKS, pools),
            (MACHINE_LOCKS, machines),
        )
        for pk in sorted(set(ids))
    ]
    # A scan of unnest gives its rows in the order of the list, and each is locked as it comes.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key", [keys])


def in_transaction(work: Callable[[], T]) -> T:
    """Do `work` in one transaction, at most three times where the database asks for it.

    Inside another transaction there is one try only, because that one is lost with it.
    """
    tries = 1 if connection.in_atomic_block else TRIES
    while True:
        tries -= 1
        try:
            with transaction.atomic():
                return work()
        except DatabaseError as error:
            if tries <= 0 or sqlstate(error) not in WORTH_ANOTHER_TRY:
                raise
        except MovedAway:
            if tries <= 0:
                raise


def sqlstate(error: DatabaseError) -> str | None:
    """The five characters by which PostgreSQL names an error."""
    return getattr(error.__cause__, "sqlstate", None)
