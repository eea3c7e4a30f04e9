"""The calendars that programs follow, each at an address that is a secret of its owner."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.utils.timezone import now
from django.utils.translation import override
from django.views.decorators.gzip import gzip_page
from ninja import Router
from ninja.decorators import decorate_view

from booking.feed_words import events_of
from booking.models import Feed
from booking.queries.feeds import Hours, Reserved, content_of, feed_at
from booking.services.feeds import note_reading
from notifications.ical import calendar_text

router = Router(tags=["calendars"])

ADDRESS = "/calendars/{token}.ics"
CONTENT_TYPE = "text/calendar; charset=utf-8"
ANSWERS = {
    200: {
        "description": "The calendar, with an ETag by which to ask again.",
        "content": {"text/calendar": {"schema": {"type": "string"}}},
    },
    304: {"description": "Nothing has changed since the ETag or the moment that was named."},
    404: {"description": "Nothing is at this address, or nothing any more."},
}


@router.get(ADDRESS, url_name="calendar", openapi_extra={"responses": ANSWERS})
@router.api_operation(["HEAD"], ADDRESS, include_in_schema=False)
@decorate_view(gzip_page)
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """A calendar to follow in a calendar program: the address is made on the page “Calendars”.

    Whoever knows it reads what its owner may know, until the owner revokes it or loses the right.
    """
    moment = now()
    feed = feed_at(token)
    if feed is None:
        raise Http404
    with override(feed.member.language):
        content = content_of(feed, now=moment)
        note_reading(feed=feed, mark=content.mark(), now=moment)
        return _told(request, feed, content)


def _told(request: HttpRequest, feed: Feed, content: Reserved | Hours) -> HttpResponse:
    """The calendar, or that it is still what the program has."""
    etag, changed_at = quote_etag(feed.mark), int(feed.changed_at.timestamp())
    response = get_conditional_response(request, etag, changed_at)
    if response is None:
        events = events_of(content, changed_at=feed.changed_at)
        text = calendar_text(events, name=str(feed))
        response = HttpResponse(text, content_type=CONTENT_TYPE)
        response["Content-Disposition"] = 'inline; filename="etabli.ics"'
    response["ETag"], response["Last-Modified"] = etag, http_date(changed_at)
    response["Content-Language"] = feed.member.language
    # For the one who knows the address: no proxy and no search engine keeps it.
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    return response
