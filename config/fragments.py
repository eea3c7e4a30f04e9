"""Keeps the parts of pages that scripts ask for apart from the pages themselves."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import add_never_cache_headers, patch_vary_headers

Answer = Callable[[HttpRequest], HttpResponseBase]

ASKED_WITH = ("HX-Request", "HX-Target")
"""What scripts send along where a page and a part of it share an address."""


def fragments_apart(get_response: Answer) -> Answer:
    """A middleware: no cache, nor the way back in a browser, shows a part as if it were a page."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ASKED_WITH)
            if any(name in request.headers for name in ASKED_WITH):
                add_never_cache_headers(response)
        return response

    return answer
