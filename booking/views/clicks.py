"""The links of mails that do something without a sign-in.

Mail programs and the filters before them open every link: looking changes nothing. Whoever has
the link reads no more than the mail said.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import get_language, override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from booking.message_clicks import DONE
from booking.services.clicks import ChangedSince, LinkUsed, is_as_told, press, was_used
from booking.services.refusing import BookingRefused
from machines.views.staff import UNPROCESSABLE
from members.models import Member
from members.pressing import pressed_too_often
from notifications.clicks import Click, clicks_of, read_key
from notifications.models import Message
from notifications.rendering import language_of
from notifications.wording import span_in_words, zone_in_words

USED, CHANGED, OVER = "used", "changed", "over"


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def click(request: HttpRequest, key: str) -> HttpResponse:
    """Ask once, then do it; the key stands for the person, so no cookie is asked for."""
    message, offered = _found(key)
    # The reader's language, until they choose another one on the page.
    chose = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
    with override(get_language() if chose else language_of(message)):
        if request.method != "POST":
            return _shown(request, message, offered, problem=_problem(message))
        if (refused := pressed_too_often(request, "click")) is not None:
            return refused
        return _pressed(request, message, offered)


def _found(key: str) -> tuple[Message, Click]:
    """The message and what is to be done; for a key that opens nothing the page does not exist."""
    read = read_key(key)
    if read is None:
        raise Http404
    rows = Message.objects.select_related("recipient")
    message = rows.filter(pk=read.message, recipient__is_active=True).first()
    names = {each.name: each for each in clicks_of(message.kind)} if message else {}
    if message is None or read.click not in names:
        raise Http404
    return message, names[read.click]


def _reader_of(message: Message) -> Member:
    reader: Any = message.recipient
    return cast("Member", reader)


def _problem(message: Message) -> str:
    """Why nothing can be done any more."""
    if was_used(message):
        return USED
    if _is_over(message.context):
        return OVER
    return "" if is_as_told(message) else CHANGED


def _is_over(told: Mapping[str, Any]) -> bool:
    """Whether the time to answer, or the reservation's own, has come."""
    return datetime.fromisoformat(told.get("released_at", told["starts_at"])) <= now()


def _pressed(request: HttpRequest, message: Message, offered: Click) -> HttpResponse:
    if _is_over(message.context):
        return _shown(request, message, offered, problem=OVER, status=UNPROCESSABLE)
    try:
        press(message=message, click=offered.name, by=_reader_of(message), now=now())
    except LinkUsed:
        return _shown(request, message, offered, problem=USED, status=UNPROCESSABLE)
    except ChangedSince:
        return _shown(request, message, offered, problem=CHANGED, status=UNPROCESSABLE)
    except BookingRefused as error:
        reasons = [each.message for each in error.refusals]
        return _shown(request, message, offered, reasons=reasons, status=UNPROCESSABLE)
    return _shown(request, message, offered, done=DONE[offered.name])


def _shown(
    request: HttpRequest, message: Message, offered: Click, *, status: int = 200, **more: Any
) -> HttpResponse:
    told = message.context
    start, end = (datetime.fromisoformat(told[name]) for name in ("starts_at", "ends_at"))
    zone = ZoneInfo(told["zone"])
    context = {
        "offered": offered,
        "told": told,
        "when": span_in_words(start, end, zone),
        "zone_words": zone_in_words(start, zone),
    }
    return render(request, "booking/click.html", context | more, status=status)
