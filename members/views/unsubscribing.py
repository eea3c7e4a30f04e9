"""Turning off what a mail tells of by the key in it, without a sign-in (RFC 8058).

Mail programs and the filters before them open every link: looking changes nothing.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from members.models import Member
from members.pressing import pressed_too_often
from notifications.kinds import group_named
from notifications.models import Preference
from notifications.services.preferences import turn_off, turn_on
from notifications.unsubscribing import switch_of


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def unsubscribe(request: HttpRequest, key: str) -> HttpResponse:
    """Ask once; what is posted turns the groups off, or with `undo` on again.

    The key stands for the person, so no cookie is asked for. The answer to a post is never a
    redirect, which mail programs do not follow.
    """
    switch = switch_of(key)
    groups = [group for name in switch.groups if (group := group_named(name))] if switch else []
    if switch is None or not groups:
        raise Http404
    member, names = get_object_or_404(Member, pk=switch.member), [group.key for group in groups]
    if request.method == "POST":
        if (refused := pressed_too_often(request, "unsubscribe")) is not None:
            return refused
        turn = turn_on if "undo" in request.POST else turn_off
        turn(member_id=member.pk, groups=names)
    context = {
        "groups": groups,
        "is_off": Preference.objects.filter(member=member, muted__contains=names).exists(),
        "is_told": request.method == "POST",
    }
    return render(request, "members/unsubscribe.html", context)
