"""Has each web process look after the jobs behind the pages."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponseBase
from django.utils.timezone import now

from notifications.lookout import LOOKOUT

Answer = Callable[[HttpRequest], HttpResponseBase]


def jobs_watched(get_response: Answer) -> Answer:
    """A middleware that costs a request nothing but a look at the clock."""
    every = settings.JOBS_LOOKED_AFTER_EVERY
    if every is None:
        raise MiddlewareNotUsed

    def answer(request: HttpRequest) -> HttpResponseBase:
        LOOKOUT.look_now_and_then(now, every=every)
        return get_response(request)

    return answer
