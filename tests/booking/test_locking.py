"""One transaction, and the same work again where only the database stood in the way."""

import pytest
from django.db import DatabaseError, connection, transaction

from booking.services.locking import TRIES, MovedAway, in_transaction, sqlstate
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db(transaction=True)


class Work:
    """Writes a row, then fails with `state` as often as it is told."""

    def __init__(self, state: str, failures: int) -> None:
        self.state, self.failures, self.runs = state, failures, 0

    def __call__(self) -> str:
        self.runs += 1
        SpaceFactory.create(slug="once")
        if self.runs <= self.failures:
            with connection.cursor() as cursor:
                cursor.execute(f"DO $$ BEGIN RAISE SQLSTATE '{self.state}'; END $$")
        return "done"


@pytest.mark.parametrize("state", ["40P01", "40001", "55P03"])
def test_a_deadlock_is_tried_again_from_the_beginning(state: str) -> None:
    work = Work(state, failures=TRIES - 1)
    assert in_transaction(work) == "done"
    assert work.runs == TRIES


def test_at_most_three_times() -> None:
    work = Work("40P01", failures=TRIES)
    with pytest.raises(DatabaseError) as raised:
        in_transaction(work)
    assert sqlstate(raised.value) == "40P01"
    assert work.runs == TRIES


def test_any_other_error_is_not_tried_again() -> None:
    work = Work("22012", failures=1)
    with pytest.raises(DatabaseError):
        in_transaction(work)
    assert work.runs == 1


def test_inside_another_transaction_there_is_one_try() -> None:
    work = Work("40P01", failures=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        in_transaction(work)
    assert work.runs == 1


def test_a_row_that_went_elsewhere_is_looked_for_again() -> None:
    runs = []

    def work() -> str:
        runs.append(1)
        if len(runs) == 1:
            raise MovedAway
        return "found"

    assert in_transaction(work) == "found"

    def never() -> str:
        raise MovedAway

    with pytest.raises(MovedAway):
        in_transaction(never)
