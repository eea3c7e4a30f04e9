"""The logo of a space, which stands on its printed reports."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from members.permissions import is_staff_of
from reports.forms import LogoForm
from reports.services.logos import keep_logo, remove_logo
from spaces.downloads import shown_picture
from spaces.models import Space


@require_http_methods(["GET", "HEAD", "POST"])
def logo(request: HttpRequest, space: str) -> HttpResponseBase:
    """The logo as it is, and a form for another one."""
    place = _place(request, space)
    if not isinstance(place, Space):
        return place
    form = LogoForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and "remove" in request.POST:
        remove_logo(place)
        messages.success(request, _("The logo is gone."))
        return redirect("reports:logo", space=place.slug)
    if request.method == "POST" and form.is_valid():
        keep_logo(place, form.cleaned_data["logo"])
        messages.success(request, _("The logo stands on the next report that is printed."))
        return redirect("reports:logo", space=place.slug)
    status = 422 if form.is_bound else 200
    return render(request, "reports/logo.html", {"form": form, "space": place}, status=status)


@require_safe
def logo_picture(request: HttpRequest, space: str) -> HttpResponseBase:
    """The picture itself."""
    place = _place(request, space)
    if not isinstance(place, Space):
        return place
    if not place.logo:
        raise Http404
    answer: FileResponse = shown_picture(place.logo)
    answer["Cache-Control"] = "private, no-cache"
    return answer


def _place(request: HttpRequest, slug: str) -> Space | HttpResponse:
    """The space, for who works there; the way to sign in for visitors."""
    place = get_object_or_404(Space, slug=slug)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not is_staff_of(request.user, place):
        raise PermissionDenied
    return place
