"""Addresses that forms are sent to, and that are no pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

View = Callable[..., HttpResponse]


def posted_from(page: str) -> Callable[[View], View]:
    """Let a view be sent forms, and lead whoever reads its address to the one where they stand.

    A form that comes back with errors stands at the address that it was sent to: who chooses
    another language there, or signs in again, asks for it as if it were a page.
    """

    def decorated(view: View) -> View:
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def posted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return view(request, *args, **kwargs) if request.method == "POST" else redirect(page)

        return posted

    return decorated
