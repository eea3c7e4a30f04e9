"""What the tests of calendars to follow reach for."""

from datetime import datetime
from typing import Any

from django.test import Client
from django.utils.timezone import now

from booking.models import Feed
from booking.services.feeds import create_feed
from booking.states import FeedKind
from members.models import Member
from tests.calendars import Read, with_vobject


def address_of(token: str) -> str:
    """Where a calendar program asks."""
    return f"/api/v1/calendars/{token}.ics"


def followed(member: Member, kind: FeedKind, at: datetime | None = None, **about: Any) -> str:
    """The address of a new feed."""
    _feed, token = create_feed(member=member, kind=kind, now=at or now(), **about)
    return address_of(token)


def read(address: str) -> list[Read]:
    """The events at an address, as another program reads them."""
    response = Client().get(address)
    assert response.status_code == 200, response.content
    return with_vobject(response.content.decode())


def titles(address: str) -> list[str]:
    """The titles of the events at an address."""
    return [each.summary for each in read(address)]


def feed_behind(address: str) -> Feed:
    """The row of an address, found by the letters that it begins with."""
    token = address.removeprefix("/api/v1/calendars/").removesuffix(".ics")
    return Feed.objects.get(hint=token[:6])
