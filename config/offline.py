"""What the installed app shows where there is no network (static/js/app.js)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@require_safe
@cache_control(no_cache=True)
def page(request: HttpRequest) -> HttpResponse:
    """The page that is kept for then; it says nothing of anybody."""
    return render(request, "offline.html")


@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps it; from here at the root it may answer for every address."""
    return render(request, "service-worker.js", content_type="text/javascript")
