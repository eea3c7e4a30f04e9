"""The sweep of the outbox over 100,000 and over 1,000,000 messages that are not due yet.

Run by `make bench NAME=reminders`, in a scratch database that is thrown away. "sweep" is what the
relay does every ten seconds when nothing is due: mark what came too late, and look for the next
message. Beside it stands the raw SQL of the same questions, in turns. Then ten of them fall due,
of which five came too late. At last a rule changes: how many reservations a second follow it, by
the job that brings them in line.
"""

import os
import sys
import time as clock
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import NamedTuple

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
django.setup()

from django.core.mail import get_connection
from django.core.management import call_command
from django.db import connection

from booking.models import ReminderRule, Reservation
from booking.services.reminders import follow_rules, save_rule
from machines.models import Category, Machine
from members.models import Member
from notifications.delivery import (
    CLAIM,
    CLAIM_NAMESPACE,
    CLAIMS_LOOKED_AT,
    deliver_due,
    expire_overdue,
)
from notifications.models import Message
from notifications.states import BY_MAIL, MessageState
from spaces.models import Space

SIZES = (100_000, 1_000_000)
ROUNDS = 50
MOST_MILLISECONDS = 20.0
FLAT = 2.0
"""How much longer ten times the rows may take: what a busy machine adds, not ten times."""

DUE = 10
RESERVED = 2_000
NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

FUTURE = """
    INSERT INTO notifications_message (
        recipient_id, address, channel, kind, subject_key, space_key, dedupe_key, context,
        attachment, is_secret, state, send_after, expires_at, attempts, last_error, created_at,
        subject, text, html
    )
    SELECT %s, '', 'email', 'reservation_reminder', 'reservation:' || n, '1', 'bench:' || n, '{}',
        '', false, 'pending', %s::timestamptz + n * interval '7 seconds',
        %s::timestamptz + n * interval '7 seconds' + interval '1 day', 0, '', %s, '', '', ''
    FROM generate_series(%s::int, %s::int) AS n
"""
OVERDUE = """
    UPDATE notifications_message SET state = 'expired'
    WHERE state = 'pending' AND send_after <= %s AND expires_at <= %s
"""


class Figures(NamedTuple):
    """Milliseconds of the sweep and of its raw SQL: the median, and the slowest of all."""

    sweep: float
    slowest: float
    raw: float


def fill(member: Member, first: int, last: int) -> None:
    """Messages that are due between seven seconds and eighty-one days from now."""
    with connection.cursor() as cursor:
        cursor.execute(FUTURE, [member.pk, NOW, NOW, NOW, first, last])
        cursor.execute("ANALYZE notifications_message")


def sweep() -> None:
    """What the relay does; nothing is due, so no mail server is called."""
    deliver_due(clock=lambda: NOW, lasting=HOUR)


def raw() -> None:
    """The same questions without any model."""
    with connection.cursor() as cursor:
        cursor.execute(OVERDUE, [NOW, NOW])
        cursor.execute(
            CLAIM,
            [MessageState.PENDING, list(BY_MAIL), NOW, NOW, CLAIMS_LOOKED_AT, CLAIM_NAMESPACE],
        )
        cursor.fetchall()


def measured() -> Figures:
    """Both in turns, so that what else runs on the machine hits both alike."""
    spent: dict[Callable[[], None], list[float]] = {sweep: [], raw: []}
    for _round in range(ROUNDS):
        for work, times in spent.items():
            began = clock.perf_counter()
            work()
            times.append((clock.perf_counter() - began) * 1000)
    return Figures(median(spent[sweep]), max(spent[sweep]), median(spent[raw]))


def expired_of_due(member: Member) -> tuple[int, float]:
    """How many of those that fall due are marked as too late, and the milliseconds of it."""
    Message.objects.filter(dedupe_key__in=[f"bench:{n}" for n in range(1, DUE + 1)]).update(
        send_after=NOW - HOUR
    )
    Message.objects.filter(dedupe_key__in=[f"bench:{n}" for n in range(1, DUE // 2 + 1)]).update(
        expires_at=NOW
    )
    began = clock.perf_counter()
    marked = expire_overdue(now=NOW)
    return marked, (clock.perf_counter() - began) * 1000


def following(member: Member) -> float:
    """Reservations a second that follow a rule of their space that is new."""
    space = Space.objects.create(
        slug="bench", name="Bench", timezone="Europe/Zurich", languages=["en"], country="CH",
        city="Zürich",
    )  # fmt: skip
    category = Category.objects.create(slug="laser", name="Laser cutters")
    machines = [
        Machine.objects.create(space=space, category=category, slug=f"laser-{n}", name=f"Laser {n}")
        for n in range(10)
    ]
    rows = []
    for number in range(RESERVED):
        start = NOW + 3 * DAY + (number // 10) * 2 * HOUR
        rows.append(
            Reservation(
                machine=machines[number % 10], member=member, starts_at=start,
                ends_at=start + HOUR, occupied_from=start, occupied_until=start + HOUR,
            )
        )  # fmt: skip
    Reservation.objects.bulk_create(rows)
    save_rule(rule=ReminderRule(space=space, offset=DAY), now=NOW)
    follow_rules(NOW + HOUR)
    save_rule(rule=ReminderRule(space=space, offset=HOUR), now=NOW)
    began = clock.perf_counter()
    done = follow_rules(NOW + HOUR)
    return done / (clock.perf_counter() - began)


def main() -> int:
    """Print the table; 1 where a bound is missed."""
    call_command("migrate", verbosity=0)
    get_connection().close()
    member = Member.objects.create_user("bench@example.org", name="Bench")
    filled, found = 0, {}
    print(f"{'waiting':>10} {'sweep':>9} {'slowest':>9} {'raw SQL':>9}   milliseconds")
    for size in SIZES:
        fill(member, filled + 1, size)
        filled = size
        measured()
        found[size] = measured()
        print(
            f"{size:>10,} {found[size].sweep:>9.2f} {found[size].slowest:>9.2f} "
            f"{found[size].raw:>9.2f}"
        )
    marked, spent = expired_of_due(member)
    print(f"{DUE} fell due, {marked} of them too late: marked in {spent:.2f} ms")
    print(f"{following(member):,.0f} reservations a second follow a new rule")
    small, large = (found[size] for size in SIZES)
    is_quick = large.sweep < MOST_MILLISECONDS
    is_flat = large.sweep < max(FLAT * small.sweep, 1.0)
    faults = [
        *([] if is_quick else [f"the sweep takes more than {MOST_MILLISECONDS:.0f} ms"]),
        *([] if is_flat else ["the sweep grows with the rows"]),
        *([] if marked == DUE // 2 else ["not what came too late was marked"]),
    ]
    print(
        f"reminders: sweep of {SIZES[1]:,} waiting {large.sweep:.1f} ms (raw SQL {large.raw:.1f}, "
        f"{small.sweep:.1f} with {SIZES[0]:,}; bound: {MOST_MILLISECONDS:.0f} ms, flat): "
        f"{'; '.join(faults) or 'passed'}"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
