"""What I have learned: my certifications, and what their certificates tell of me."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from members.models import Certification, Member
from members.queries import certifications_of, held_today, rights_of
from members.services.certifications import show_name


@login_required
@require_safe
@never_cache
def certifications(request: HttpRequest) -> HttpResponse:
    """Everything that I was ever certified for, and in what I may certify others."""
    member = _member(request)
    held = held_today(certifications_of(member), now())
    context = {
        "valid": [each for each in held if each.is_valid],
        "others": [each for each in held if not each.is_valid],
        "rights": rights_of(member),
    }
    return render(request, "members/certifications.html", context)


@login_required
@require_POST
def certificate_name(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the public page of a certificate of mine tell my name, or not."""
    row = get_object_or_404(Certification, pk=pk, member=_member(request), space__isnull=False)
    shows = request.POST.get("shows") == "yes"
    show_name(certification=row, shows=shows)
    if shows:
        messages.success(request, _("The certificate tells your name to whoever has its address."))
    else:
        messages.success(request, _("The certificate does not tell your name any more."))
    return redirect("members:certifications")


def _member(request: HttpRequest) -> Member:
    if not isinstance(request.user, Member):
        raise PermissionDenied
    return request.user
