"""A member's channels: where else they are told, and how each of them is doing."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from notifications.browsers import name_of
from notifications.endpoints import (
    TooManyEndpoints,
    add_endpoint,
    change_endpoint,
    remove_endpoint,
    send_test,
    switch_on,
)
from notifications.forms import (
    ChannelForm,
    MatrixForm,
    NewChannelForm,
    PushForm,
    WebhookForm,
    change_form,
    groups_offered,
)
from notifications.models import Endpoint
from notifications.pushing import public_key_of
from notifications.states import MAX_ENDPOINTS
from spaces.posting import posted_from

NEW = {"push": PushForm, "matrix": MatrixForm, "webhook": WebhookForm}


@login_required
@require_safe
@never_cache
def channels(request: HttpRequest) -> HttpResponse:
    """What there is, and what can be added."""
    return _page(request)


@login_required
@never_cache
@posted_from("notifications:channels")
def channel_add(request: HttpRequest, way: str) -> HttpResponse:
    """Add a browser, a room or a program; the secret of a program is shown this once."""
    form = NEW[way](request.POST, auto_id=f"{way}_%s")
    if not form.is_valid():
        return _page(request, refused={way: form})
    endpoint = _added(request, form)
    if endpoint is None:
        return _page(request, refused={way: form})
    if "secret" in endpoint.keys:
        return _page(request, added=endpoint)
    messages.success(
        request, _("“%(channel)s” is added. Send it a test.") % {"channel": endpoint.name}
    )
    return redirect("notifications:channels")


@login_required
@posted_from("notifications:channels")
def channel_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name, other messages."""
    endpoint = _own(request, pk)
    form = change_form(endpoint, request.POST)
    if not form.is_valid():
        return _page(request, changed={pk: form})
    change_endpoint(endpoint=endpoint, name=form.cleaned_data["name"], groups=form.groups_chosen())
    messages.success(request, _("“%(channel)s” is changed.") % {"channel": endpoint.name})
    return redirect("notifications:channels")


@login_required
@require_POST
def channel_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a message there and nowhere else."""
    endpoint = _own(request, pk)
    send_test(endpoint=endpoint, now=now())
    messages.success(
        request,
        _("A test is on its way to “%(channel)s”; this page says what became of it.")
        % {"channel": endpoint.name},
    )
    return redirect("notifications:channels")


@login_required
@require_POST
def channel_switch_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Try again what was given up."""
    endpoint = switch_on(endpoint=_own(request, pk))
    messages.success(request, _("“%(channel)s” is on again.") % {"channel": endpoint.name})
    return redirect("notifications:channels")


@login_required
@require_POST
def channel_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget it and its keys."""
    endpoint = _own(request, pk)
    remove_endpoint(endpoint=endpoint)
    messages.success(request, _("“%(channel)s” is removed.") % {"channel": endpoint.name})
    return redirect("notifications:channels")


def _member(request: HttpRequest) -> AbstractBaseUser:
    """Whoever asks, who has signed in."""
    member = request.user
    if isinstance(member, AnonymousUser):
        raise TypeError("these pages are for members")
    return member


def _own(request: HttpRequest, pk: int) -> Endpoint:
    """A channel of whoever asks; 404 for those of others."""
    return get_object_or_404(
        Endpoint.objects.select_related("member"), pk=pk, member_id=_member(request).pk
    )


def _added(request: HttpRequest, form: NewChannelForm) -> Endpoint | None:
    """The new channel; None, and an error in the form, where there are too many."""
    try:
        return add_endpoint(
            member=_member(request),
            channel=form.channel,
            name=form.cleaned_data["name"],
            address=form.address(),
            keys=form.keys(),
            groups=form.groups_chosen(),
            now=now(),
        )
    except TooManyEndpoints:
        told = _("You have %(count)s channels, which is all that one may have. Remove one first.")
        form.add_error(None, told % {"count": MAX_ENDPOINTS})
        return None


def _page(
    request: HttpRequest,
    *,
    refused: dict[str, Any] | None = None,
    changed: dict[int, ChannelForm] | None = None,
    added: Endpoint | None = None,
) -> HttpResponse:
    """The page; 422 where a form came back with errors."""
    forms = {way: form(auto_id=f"{way}_%s") for way, form in NEW.items()} | (refused or {})
    forms["push"].initial["name"] = name_of(request.headers.get("User-Agent", ""))
    mine = Endpoint.objects.filter(member_id=_member(request).pk).with_what_waits()
    labels = dict(groups_offered())
    rows = [
        {
            "endpoint": each,
            "form": (changed or {}).get(each.pk) or change_form(each),
            "groups": [labels[key] for key in each.groups if key in labels],
        }
        for each in mine
    ]
    context = {
        "rows": rows,
        "forms": forms,
        "added": added,
        "secret": added.keys["secret"] if added else "",
        "push_key": public_key_of(settings.VAPID_PRIVATE_KEY) if settings.VAPID_PRIVATE_KEY else "",
    }
    status = 422 if refused or changed else 200
    return render(request, "notifications/channels.html", context, status=status)
