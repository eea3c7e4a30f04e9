"""What the logins of the demo follow in their calendar programs."""

from datetime import datetime

from booking.services.feeds import create_feed
from booking.states import FeedKind
from members.models import Company, Member
from spaces.models import Space


def follow(logins: dict[str, Member], *, company: Company, space: Space, now: datetime) -> None:
    """One address each; nobody is told it, which is as good as a phone that was lost."""
    create_feed(member=logins["maker"], kind=FeedKind.MINE, name="Phone", now=now)
    create_feed(
        member=logins["company"], kind=FeedKind.COMPANY, company=company, name="Office", now=now
    )
    create_feed(member=logins["staff"], kind=FeedKind.DUTY, space=space, now=now)
