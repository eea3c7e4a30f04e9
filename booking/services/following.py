"""Following a calendar from elsewhere, and displacing what has been reserved on its dates."""

from collections.abc import Mapping
from datetime import datetime

from booking.queries.displacing import Plan, Taking
from booking.queries.followed import followed_taking
from booking.services.displacing import displace, plan_ahead
from booking.services.taking import refuse_strangers
from machines.external.reading import Reading
from machines.models import FollowedCalendar, Settings
from machines.services.followed.choosing import follow
from machines.services.followed.closures import Taken, entries, public_name
from members.models import Member

Choices = Mapping[int, str]


def plan_of_following(
    followed: FollowedCalendar, reading: Reading, settings: Settings, *, now: datetime
) -> Plan:
    """What has been reserved on the dates that the calendar would close."""
    return plan_ahead(_taking(followed, reading, settings, now), now=now)


def follow_and_displace(
    *,
    followed: FollowedCalendar,
    reading: Reading,
    settings: Settings,
    choices: Choices,
    by: Member,
    now: datetime,
) -> Taken:
    """Close what `reading` says, and displace what has been reserved for then. Raises Outdated."""
    refuse_strangers(by, followed.space)
    return displace(
        taking=_taking(followed, reading, settings, now),
        choices=choices,
        reason=public_name(followed.space, settings),
        by=by,
        now=now,
        then=lambda: follow(followed=followed, reading=reading, settings=settings, now=now),
    )


def _taking(
    followed: FollowedCalendar, reading: Reading, settings: Settings, now: datetime
) -> Taking:
    wanted = entries(followed.space, settings, reading)
    spans = (each.interval for each in wanted.values() if each.interval.end > now)
    return followed_taking(followed.owner, spans)
