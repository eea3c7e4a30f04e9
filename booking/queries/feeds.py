"""What calendar programs are told, and who may still be told it, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Aggregate, BooleanField, ExpressionWrapper, Q, QuerySet, TextField
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from booking.lane_parts import Viewer
from booking.models import Feed, Reservation
from booking.permissions import machines_open_to, open_among
from booking.queries.board import viewer_in
from booking.queries.holdings import HOLDER, PERSON
from booking.states import (
    FEED_GONE,
    FEED_HOURS_AHEAD,
    FEED_PAST,
    GIVEN_UP,
    OCCUPYING,
    OWN_FEEDS,
    FeedKind,
    ReservationKind,
    ReservationState,
)
from machines.models import Machine
from machines.queries.opening import Opening, opening_of_space
from members.models import Company, Member
from members.services.tokens import digest_of
from spaces.intervals import local_days, today_began
from spaces.models import Space

PARTS = ("member", "machine__space", "space", "company")


class FeedRow(NamedTuple):
    """A reservation as far as a calendar program is told of it.

    What is not told itself is read where the others of its bundle may be.
    """

    pk: int
    uid: UUID
    sequence: int
    kind: str
    state: str
    starts_at: datetime
    ends_at: datetime
    member_id: int | None
    company_id: int | None
    person: str
    holder: str
    purpose: str
    is_confidential: bool
    bundle_id: UUID | None
    is_told: bool | None
    machine: str
    pool: str | None
    room: str | None
    space: str
    street: str
    city: str
    zone: str


COLUMNS = (
    *("pk", "uid", "sequence", "kind", "state", "starts_at", "ends_at", "member_id", "company_id"),
    *("person", "holder", "purpose", "is_confidential", "bundle_id", "is_told"),
    *("machine__name", "pool__name", "machine__room__name", "machine__space__name"),
    *("machine__space__street", "machine__space__city", "machine__space__timezone"),
)
"""Where each part of a FeedRow stands, in their order."""


class Mark(Aggregate):
    """A number that is another one whenever anything in any of the rows is.

    PostgreSQL puts it together in less time than it takes to fetch them.
    """

    template = "SUM(hashtextextended(ROW(%(expressions)s)::text, 0))::text"
    output_field = TextField()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved:
    """The reservations of which a feed tells `viewer`."""

    kind: FeedKind
    viewer: Viewer
    rows: "QuerySet[Any]"

    def mark(self) -> str:
        """What stands for all of it: one query, which fetches no row."""
        told = self.rows.order_by().aggregate(mark=Mark(*COLUMNS))["mark"]
        return _digest(self.kind, self.viewer, told)

    def read(self) -> list[FeedRow]:
        """All of it, in one query."""
        rows = self.rows.order_by("starts_at", "pk").values_list(*COLUMNS)
        return list(map(FeedRow._make, rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When staff is in a space, and when and why it is closed."""

    space: Space
    opening: Opening

    def mark(self) -> str:
        """What stands for all of it."""
        return _digest(self.opening.staffed, self.opening.closures)


def feed_at(token: str) -> Feed | None:
    """The feed at an address; None where nothing is, or nothing any more, in two queries."""
    rows = Feed.objects.standing().filter(digest=digest_of(token)).select_related(*PARTS)
    feed = rows.first()
    if feed is None or not open_among(feed.member, [feed]):
        return None
    return feed


def content_of(feed: Feed, *, now: datetime) -> Reserved | Hours:
    """What `feed` tells its owner, from some months ago to as far ahead as there is anything."""
    if feed.space is not None and feed.kind == FeedKind.DUTY:
        today = now.astimezone(feed.space.zone).date()
        window = local_days(today - FEED_PAST, today + FEED_HOURS_AHEAD, feed.space.zone)
        return Hours(space=feed.space, opening=opening_of_space(feed.space, window))
    viewer = _viewer_of(feed)
    # By whole days, so that what is told is the same all day long.
    today_began_at = datetime.combine(now.astimezone(UTC), time.min, UTC)
    rows = Reservation.objects.filter(_about(feed, viewer))
    rows = rows.filter(starts_at__gte=today_began_at - FEED_PAST)
    place = _place_of(feed)
    if place is not None and not viewer.is_staff:
        # As on the pages: of days that are over, what others had is nobody's to look up.
        is_to_come = Q(ends_at__gt=today_began(now, place.zone))
        rows = rows.filter(_is_inside(viewer) | is_to_come)
    told = rows.annotate(
        person=PERSON,
        holder=HOLDER,
        given_up_at=Coalesce("cancelled_at", "decided_at", "expires_at", "created_at"),
    ).annotate(
        is_told=ExpressionWrapper(
            _is_told(viewer, today_began_at - FEED_GONE), output_field=BooleanField()
        )
    )
    kept = Q(is_told=True)
    if feed.kind in OWN_FEEDS:
        # A cart is known by its first row, whatever became of that one.
        kept |= Q(bundle_id__isnull=False)
    return Reserved(kind=FeedKind(feed.kind), viewer=viewer, rows=told.filter(kept))


def _viewer_of(feed: Feed) -> Viewer:
    """With whose eyes a feed is read, in at most two queries."""
    place = _place_of(feed)
    if place:
        return viewer_in(feed.member, place)
    return Viewer(
        member_id=feed.member_id,
        company_ids=frozenset({feed.company_id} if feed.company_id else ()),
    )


def _place_of(feed: Feed) -> Space | None:
    """The space that a feed is about, whole or by one machine."""
    return feed.machine.space if feed.machine else feed.space


def _about(feed: Feed, viewer: Viewer) -> Q:
    """The reservations that a feed is about."""
    if feed.kind == FeedKind.MINE:
        return Q(member=feed.member_id, kind=ReservationKind.BOOKING)
    if feed.kind == FeedKind.COMPANY:
        return Q(company=feed.company_id, kind=ReservationKind.BOOKING)
    if feed.kind == FeedKind.MACHINE:
        return Q(machine=feed.machine_id)
    here = Q(machine__space=feed.space_id)
    return here if viewer.is_staff else here & Q(machine__in=machines_open_to(feed.member))


def _is_told(viewer: Viewer, gone_since: datetime) -> Q:
    """What keeps a machine; that nobody came or it was given up, to those inside only."""
    gone = Q(state=ReservationState.NO_SHOW) | Q(state__in=GIVEN_UP, given_up_at__gte=gone_since)
    return Q(state__in=OCCUPYING) | (gone if viewer.is_staff else gone & _is_inside(viewer))


def _is_inside(viewer: Viewer) -> Q:
    """What the viewer holds, or is held for a company of theirs."""
    return Q(member=viewer.member_id) | Q(company__in=viewer.company_ids)


def _digest(*told: object) -> str:
    """One mark of all that is told, which is told in a language."""
    return sha256(repr((get_language(), *told)).encode()).hexdigest()


def feeds_of(member: Member) -> list[tuple[Feed, bool]]:
    """The addresses of `member` that were not revoked, and whether each can still be read."""
    rows = list(member.feeds.standing().select_related(*PARTS))
    opened = open_among(member, rows)
    return [(feed, feed in opened) for feed in rows]


def followable(member: Member, *, machine_id: int | None = None) -> list[Feed]:
    """Everything that `member` may follow, of machines only the one that is asked for.

    Each is told as a feed that is not yet opened.
    """
    machines = Machine.objects.none()
    if machine_id is not None:
        machines = Machine.objects.filter(pk=machine_id).select_related("space")
    spaces = list(Space.objects.all())
    return open_among(
        member,
        [
            Feed(member=member, kind=FeedKind.MINE),
            *(
                Feed(member=member, kind=FeedKind.COMPANY, company=company)
                for company in Company.objects.filter(members=member)
            ),
            *(Feed(member=member, kind=FeedKind.MACHINE, machine=machine) for machine in machines),
            *(Feed(member=member, kind=FeedKind.SPACE, space=space) for space in spaces),
            *(Feed(member=member, kind=FeedKind.DUTY, space=space) for space in spaces),
        ],
    )
