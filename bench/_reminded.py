"""Reservations whose reminders come due soon, as the services would have made them."""

from datetime import datetime, timedelta

from booking.models import Policy, Reservation
from booking.notices.reminders import remind_of_all
from booking.states import DEFAULT_REMINDER_OFFSET
from machines.models import Category, Machine
from members.models import Member
from spaces.models import Space

HOUR = timedelta(hours=1)


def reservations_reminded_of(
    count: int, *, first: datetime, over: timedelta, now: datetime
) -> list[Reservation]:
    """`count` reservations, their reminders due evenly from `first` on, the last after `over`."""
    space = Space.objects.create(
        slug="bench", name="Bench", timezone="Europe/Zurich", languages=["en"], city="Zürich"
    )
    category = Category.objects.create(slug="printers", name="Printers")
    Policy.objects.create(space=space, category=category, cancellation_window=timedelta(0))
    machines = Machine.objects.bulk_create(
        Machine(space=space, category=category, slug=f"printer-{n}", name=f"Printer {n}")
        for n in range(count)
    )
    members = Member.objects.bulk_create(
        Member(email=f"maker-{n}@example.org", name=f"Maker {n}") for n in range(min(count, 500))
    )
    rows = []
    for number, machine in enumerate(machines):
        start = first + over * number / count + DEFAULT_REMINDER_OFFSET
        rows.append(
            Reservation(
                machine=machine,
                member=members[number % len(members)],
                starts_at=start,
                ends_at=start + HOUR,
                occupied_from=start,
                occupied_until=start + HOUR,
                created_at=now - DEFAULT_REMINDER_OFFSET,
            )
        )
    made = Reservation.objects.bulk_create(rows, batch_size=1000)
    remind_of_all(made, now=now)
    return made
