"""What the races look at afterwards."""

from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils.timezone import now

from booking.states import OCCUPYING

HOUR = timedelta(hours=1)


def first_slot() -> datetime:
    """A full hour, two days from now."""
    return now().astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=2)


class Deadlocks:
    """How many the server has counted in the test database since the race began."""

    def __init__(self) -> None:
        self._before = 0

    def __call__(self) -> int:
        return self._counted() - self._before

    def forget(self) -> None:
        """A race begins: what was before is no matter of its."""
        self._before = self._counted()

    def _counted(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_force_next_flush()")
            cursor.execute(
                "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
            )
            return int(cursor.fetchone()[0])


deadlocks = Deadlocks()


def overlapping_pairs() -> int:
    """How many rows keep time that another one keeps, counted without the constraint."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM booking_reservation a JOIN booking_reservation b"
            " ON a.machine_id = b.machine_id AND a.id < b.id"
            " AND tstzrange(a.occupied_from, a.occupied_until)"
            " && tstzrange(b.occupied_from, b.occupied_until)"
            " WHERE a.state = ANY(%s) AND b.state = ANY(%s)",
            [list(OCCUPYING), list(OCCUPYING)],
        )
        return int(cursor.fetchone()[0])
