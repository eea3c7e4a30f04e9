"""Who may read: the same question for the page, its charts and every file."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.timezone import now

from reports.filters import FiltersForm
from reports.permissions import may_see

View = Callable[..., HttpResponseBase]


def reading(view: View) -> View:
    """Give the view the filters of its address; visitors sign in first, and others are refused.

    An address that says nothing sensible is none (Http404): only the page itself tells why.
    """

    @wraps(view)
    def guarded(request: HttpRequest, **rest: str) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        form = FiltersForm(request.GET, now=now())
        if not form.is_valid():
            raise Http404
        if not may_see(request.user, form.filters.scope):
            raise PermissionDenied
        return view(request, form.filters, **rest)

    return guarded
