"""The icon of the site where browsers ask for it unasked: for pages that name none."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@require_safe
@cache_control(no_cache=True)
def favicon(request: HttpRequest) -> HttpResponse:
    """Django's admin, the API and files have no head in which ours could stand."""
    del request
    return redirect(static("img/icon.svg"))
