"""What a company reserved and used, by machine and month: what its proof of use says."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Upper

from booking.models import Reservation, UsageSession
from booking.states import MAX_SPAN
from members.models import Company
from reports.filters import Period
from reports.queries.clocks import anywhere
from spaces.intervals import Interval, clip, merge, total_seconds
from spaces.models import Space


@dataclass(slots=True)
class ProofLine:
    """One machine in one month, in whole seconds; uses and reservations count where they began.

    A second counts once, whatever overlaps in it; `assumed` is what nobody told besides.
    """

    month: date
    space: str
    machine: str
    reservations: int = 0
    booked: int = 0
    sessions: int = 0
    used: int = 0
    assumed: int = 0


@dataclass(slots=True)
class _Times:
    """When a machine was booked and used in a month, and what is told; they may overlap."""

    booked: list[Interval] = field(default_factory=list)
    used: list[Interval] = field(default_factory=list)
    told: list[Interval] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose use is to be proved, of when, where, and for which project; empty means any."""

    company: Company
    period: Period
    space: Space | None = None
    project: str = ""


def proof_of(asked: Asked, *, now: datetime) -> list[ProofLine]:
    """The lines of a proof, the oldest month first, in three queries.

    Use counts from check-in to check-out, whether or not it was within opening hours: it is
    what the company had. Of use without a reservation the part counts during which the company
    had booked the machine. What still runs counts up to `now`.
    """
    lines: dict[tuple[date, int], ProofLine] = {}

    def line(row: Reservation | UsageSession, month: date) -> ProofLine:
        machine = row.machine
        key = (month, machine.pk)
        if key not in lines:
            lines[key] = ProofLine(month, machine.space.name, machine.name)
        return lines[key]

    times: dict[tuple[date, int], _Times] = defaultdict(_Times)
    reservations = list(_reservations(asked))
    for row in reservations:
        span = _cut(row.starts_at, row.ends_at)
        for month, part, is_first in _by_month(span, row.machine.space, asked.period):
            line(row, month).reservations += is_first
            times[month, row.machine_id].booked.append(part)
    for session, spans in _uses(asked, reservations, now):
        for place, span in enumerate(spans):
            for month, part, is_first in _by_month(span, session.machine.space, asked.period):
                line(session, month).sessions += is_first and place == 0
                times[month, session.machine_id].used.append(part)
                if not session.is_assumed:
                    times[month, session.machine_id].told.append(part)
    for key, each in times.items():
        lines[key].booked = total_seconds(each.booked)
        lines[key].used = total_seconds(each.used)
        lines[key].assumed = lines[key].used - total_seconds(each.told)
    return sorted(lines.values(), key=lambda each: (each.month, each.space, each.machine))


def projects_of(company: Company, *, space: Space | None = None) -> list[str]:
    """What most reservations of a company were for, there or anywhere, the most frequent first.

    What differs by capitals alone is one project, as it is for `proof_of`.
    """
    rows = _named(company, space).order_by().values(folded=Upper("purpose"))
    counted = rows.annotate(count=Count("pk"), project=Min("purpose"))
    return list(counted.order_by("-count", "project").values_list("project", flat=True)[:50])


def has_project(company: Company, project: str, *, space: Space | None = None) -> bool:
    """Whether a reservation of a company was for `project`, there or anywhere."""
    return "\0" not in project and _named(company, space).filter(purpose__iexact=project).exists()


def _named(company: Company, space: Space | None) -> QuerySet[Reservation]:
    rows = Reservation.objects.booked().filter(company=company).exclude(purpose="")
    return rows if space is None else rows.filter(machine__space=space)


def _reservations(asked: Asked) -> QuerySet[Reservation]:
    # Wide enough for the clock of any space, which decides.
    window = anywhere(asked.period)
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


def _uses(
    asked: Asked, reservations: Sequence[Reservation], now: datetime
) -> Iterator[tuple[UsageSession, list[Interval]]]:
    """Each session with the time in which it was use of the company's."""
    for session in _sessions(asked):
        yield session, [_cut(session.started_at, session.ended_at or now)]
    booked: dict[int, list[Reservation]] = defaultdict(list)
    for row in reservations:
        booked[row.machine_id].append(row)
    for session in _unlinked(asked, booked):
        span = _cut(session.started_at, session.ended_at or now)
        theirs = [
            _cut(row.starts_at, row.ends_at)
            for row in booked[session.machine_id]
            if row.starts_at < span.end
            and row.ends_at > span.start
            and (row.company_id in (session.companies or ()) or row.member_id == session.member_id)
        ]
        yield session, clip(merge(theirs), span)


def _unlinked(asked: Asked, machines: Collection[int]) -> QuerySet[UsageSession]:
    """Sessions without a reservation of who acted for the company, or made reservations of it."""
    window = anywhere(asked.period)
    acting = Q(companies__contains=[asked.company.pk])
    acting |= Q(member__in=_reservations(asked).order_by().values("member"))
    return (
        UsageSession.objects.touching(window.start, window.end)
        .filter(acting, machine__in=machines, reservation=None)
        .select_related("machine__space")
        .order_by("started_at", "pk")
    )


def _cut(start: datetime, end: datetime) -> Interval:
    """From one moment to another, both cut down to the second as in the rollup."""
    start = start.replace(microsecond=0)
    return Interval(start, max(start, end.replace(microsecond=0)))


def _by_month(span: Interval, space: Space, period: Period) -> list[tuple[date, Interval, bool]]:
    """The part of `span` in each month of the period, on the clock of `space`.

    True for the month in which it began.
    """
    parts: list[tuple[date, Interval]] = []
    window = period.window(space.zone)
    for month in Period(
        span.start.astimezone(space.zone).date(), span.end.astimezone(space.zone).date()
    ).months:
        within = clip(clip([span], window), Period.month_of(month).window(space.zone))
        parts += [(month, part) for part in within if part.seconds]
    begun = span.start.astimezone(space.zone).date()
    return [
        (month, part, month == begun.replace(day=1) and begun >= period.first)
        for month, part in parts
    ]
