"""Series with all that their pages tell."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet

from booking.models import Reservation, Series, SeriesGap
from booking.states import UPCOMING, ReservationState
from members.models import Member
from spaces.models import Space

PAST_SHOWN = 60
STANDING = Q(reservations__state__in=(*UPCOMING, ReservationState.IN_USE))


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of one series: to come, behind, and those that could not be reserved."""

    upcoming: list[Reservation]
    past: list[Reservation]
    gaps: list[SeriesGap]

    @property
    def requests(self) -> list[Reservation]:
        """The dates on which staff is still to decide."""
        return [row for row in self.upcoming if row.state == ReservationState.PENDING]


def with_parts(rows: QuerySet[Series]) -> QuerySet[Series]:
    """`rows` with what telling and judging their dates needs."""
    return rows.select_related(
        "event__rule",
        "machine__space",
        "machine__category",
        "machine__room",
        "machine__pool",
        "pool__space",
        "member",
        "company",
        "created_by",
    )


def dates_of(series: Series, *, now: datetime) -> Dates:
    """The dates of `series`, in two queries; of the past, the latest sixty."""
    rows = series.reservations.select_related("machine__space", "company", "member")
    upcoming: list[Reservation] = []
    past: list[Reservation] = []
    for row in rows.order_by("starts_at", "pk"):
        stands = row.state in UPCOMING and row.ends_at > now
        (upcoming if stands or row.state == ReservationState.IN_USE else past).append(row)
    return Dates(
        upcoming=upcoming,
        past=past[-PAST_SHOWN:][::-1],
        gaps=list(series.gaps.filter(original_start_at__gt=now)),
    )


def series_of(member: Member, *, now: datetime) -> list[Series]:
    """The series that `member` holds, or may change for a company, that go on; one query."""
    companies = member.delegations.values("company")
    rows = Series.objects.filter(Q(member=member) | Q(company__in=companies))
    return list(_going_on(rows, now))


def series_in(space: Space, *, now: datetime) -> list[Series]:
    """The series of a space that go on, what comes next first, in one query."""
    rows = Series.objects.filter(Q(machine__space=space) | Q(pool__space=space))
    return list(_going_on(rows, now))


def _going_on(rows: QuerySet[Series], now: datetime) -> QuerySet[Series]:
    """Those with a date to come, or without an end; each tells how many and when the next is."""
    to_come = STANDING & Q(reservations__ends_at__gt=now)
    return (
        with_parts(rows)
        .annotate(
            dates_to_come=Count("reservations", filter=to_come),
            next_at=Min("reservations__starts_at", filter=to_come),
        )
        .filter(Q(dates_to_come__gt=0) | Q(event__end_recurring_period=None))
        .order_by("next_at", "pk")
    )
