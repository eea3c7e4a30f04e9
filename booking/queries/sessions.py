"""Use of machines as people look at it: their own, and that of a space."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from booking.models import Correction, KioskEntry, SessionVersion, UsageSession
from members.models import Member
from spaces.models import Space

PARTS = ("machine__space", "machine__room", "member", "reservation__company")


def sessions_of(member: Member) -> QuerySet[UsageSession]:
    """What `member` used, the latest first."""
    return told(UsageSession.objects.filter(member=member))


def sessions_in(space: Space, *, words: str = "") -> QuerySet[UsageSession]:
    """What was used in `space`, the latest first; with `words` of a machine or a person."""
    rows = UsageSession.objects.filter(machine__space=space)
    for word in words.split():
        rows = rows.filter(
            Q(machine__name__icontains=word)
            | Q(member__name__icontains=word)
            | Q(member__email__icontains=word)
        )
    return told(rows)


def corrections_in(space: Space) -> QuerySet[Correction]:
    """What staff of `space` has to decide, the oldest first."""
    rows = Correction.objects.open().filter(session__machine__space=space)
    return rows.select_related(
        "session__machine__space", "session__member", "machine", "member", "asked_by"
    ).order_by("asked_at", "pk")


def entries_in(space: Space) -> QuerySet[KioskEntry]:
    """What the tablets of `space` kept and could not do, the oldest first."""
    rows = KioskEntry.objects.to_settle().filter(kiosk__space=space)
    return rows.select_related("kiosk", "machine", "member", "session")


def told_late(session: UsageSession) -> QuerySet[KioskEntry]:
    """What of `session` a tablet kept while it had no network, the oldest first."""
    return KioskEntry.objects.late().filter(session=session).select_related("kiosk")


def history_of(session: UsageSession) -> QuerySet[SessionVersion]:
    """What `session` said before each correction, the latest first."""
    rows = session.versions.select_related(
        "machine", "member", "correction__decided_by", "correction__asked_by"
    )
    return rows.order_by("-pk")


def told(rows: QuerySet[UsageSession]) -> QuerySet[UsageSession]:
    """With what a list says of each, in one query."""
    versions = SessionVersion.objects.filter(session=OuterRef("pk"))
    open_ones = Correction.objects.open().filter(session=OuterRef("pk"))
    late = KioskEntry.objects.late().filter(session=OuterRef("pk"))
    return (
        rows.select_related(*PARTS)
        .annotate(
            is_asked_about=Exists(open_ones), is_corrected=Exists(versions), is_late=Exists(late)
        )
        .order_by("-started_at", "-pk")
    )
