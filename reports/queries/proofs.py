"""What a company reserved and used, by machine and month: what its proof of use says."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet

from booking.models import Reservation, UsageSession
from booking.states import MAX_SPAN
from members.models import Company
from reports.filters import Period
from spaces.intervals import DAY, Interval, clip
from spaces.models import Space


@dataclass(slots=True)
class ProofLine:
    """One machine in one month, in whole seconds; uses and reservations count where they began."""

    month: date
    space: str
    machine: str
    reservations: int = 0
    booked: int = 0
    sessions: int = 0
    used: int = 0
    assumed: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose use is to be proved, of when, where, and for which project; empty means any."""

    company: Company
    period: Period
    space: Space | None = None
    project: str = ""


def proof_of(asked: Asked, *, now: datetime) -> list[ProofLine]:
    """The lines of a proof, the oldest month first, in two queries.

    Use counts from check-in to check-out, whether or not it was within opening hours: it is
    what the company had. What still runs counts up to `now`.
    """
    lines: dict[tuple[date, int], ProofLine] = {}

    def line(row: Reservation | UsageSession, month: date) -> ProofLine:
        machine = row.machine
        key = (month, machine.pk)
        if key not in lines:
            lines[key] = ProofLine(month, machine.space.name, machine.name)
        return lines[key]

    for row in _reservations(asked):
        for month, seconds, is_first in _by_month(row.span, row.machine.space, asked.period):
            told = line(row, month)
            told.booked += seconds
            told.reservations += is_first
    for session in _sessions(asked):
        end = max(session.started_at, session.ended_at or now)
        span = Interval(session.started_at, end) if end > session.started_at else None
        for month, seconds, is_first in _by_month(span, session.machine.space, asked.period):
            told = line(session, month)
            told.used += seconds
            told.sessions += is_first
            told.assumed += seconds if session.end_is_assumed else 0
    return sorted(lines.values(), key=lambda each: (each.month, each.space, each.machine))


def projects_of(company: Company) -> list[str]:
    """What the reservations of a company were for, the most frequent first."""
    rows = Reservation.objects.booked().filter(company=company).exclude(purpose="")
    counted = rows.order_by().values("purpose").annotate(count=Count("pk"))
    return list(counted.order_by("-count", "purpose").values_list("purpose", flat=True)[:50])


def _reservations(asked: Asked) -> QuerySet[Reservation]:
    # Wide enough for the clock of any space, which decides.
    window = Period(asked.period.first - DAY, asked.period.last + DAY).window(ZoneInfo("UTC"))
    rows = Reservation.objects.booked().filter(
        company=asked.company,
        starts_at__gt=window.start - MAX_SPAN,
        starts_at__lt=window.end,
        ends_at__gt=window.start,
    )
    if asked.space is not None:
        rows = rows.filter(machine__space=asked.space)
    if asked.project:
        rows = rows.filter(purpose__iexact=asked.project)
    return rows.select_related("machine__space").order_by("starts_at", "pk")


def _sessions(asked: Asked) -> QuerySet[UsageSession]:
    return (
        UsageSession.objects.filter(reservation__in=_reservations(asked).order_by())
        .select_related("machine__space")
        .order_by("started_at", "pk")
    )


def _by_month(span: Interval | None, space: Space, period: Period) -> list[tuple[date, int, bool]]:
    """The seconds of `span` in each month of the period, on the clock of `space`.

    True for the month in which it began.
    """
    if span is None:
        return []
    seconds: dict[date, int] = defaultdict(int)
    window = period.window(space.zone)
    for month in Period(
        span.start.astimezone(space.zone).date(), span.end.astimezone(space.zone).date()
    ).months:
        for part in clip(clip([span], window), Period.month_of(month).window(space.zone)):
            seconds[month] += int((part.end - part.start).total_seconds())
    begun = span.start.astimezone(space.zone).date()
    return [
        (month, amount, month == begun.replace(day=1) and begun >= period.first)
        for month, amount in seconds.items()
        if amount
    ]
