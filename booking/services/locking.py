"""One writer per machine at a time: advisory locks, and the same work again after a deadlock."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import DatabaseError, connection, transaction

T = TypeVar("T")

MACHINE_LOCKS, COMPANY_LOCKS = 1, 2
"""The namespaces of the locks; they fill the bits that no id reaches."""

NAMESPACE_SHIFT = 48
TRIES = 3
WORTH_ANOTHER_TRY = frozenset({"40001", "40P01", "55P03"})
"""Serialization failure, deadlock, lock not available: nothing was wrong with the request."""


class MovedAway(Exception):
    """The reservation went to another machine between the first look and the lock."""


def lock_companies(company_ids: Iterable[int]) -> None:
    """Wait for the companies as for machines, and before them: their hours are counted once."""
    _lock(COMPANY_LOCKS, company_ids)


def lock_machines(machine_ids: Iterable[int]) -> None:
    """Wait for the machines, in the order of their ids, and keep them until the transaction ends.

    Without this, writers that meet on one slot deadlock in the exclusion constraint (HOUSE §5).
    """
    _lock(MACHINE_LOCKS, machine_ids)


def _lock(namespace: int, ids: Iterable[int]) -> None:
    keys = [(namespace << NAMESPACE_SHIFT) + pk for pk in sorted(set(ids))]
    with connection.cursor() as cursor:
        # One statement per lock: that alone promises the order in which they are taken.
        for key in keys:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


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
