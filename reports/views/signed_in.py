"""Pages that are for their own reader."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase

from members.models import Member

View = Callable[..., HttpResponseBase]


def signed_in(view: View) -> View:
    """Give the view the member who looks; visitors sign in first."""

    @wraps(view)
    def guarded(request: HttpRequest, **rest: Any) -> HttpResponseBase:
        if not isinstance(request.user, Member):
            return redirect_to_login(request.get_full_path())
        return view(request, request.user, **rest)

    return guarded
