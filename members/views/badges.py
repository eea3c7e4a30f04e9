"""A member's own badges and PIN, with which they are known at the tablets of the spaces."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from members.badge_forms import BadgeForm, PinForm
from members.models import Badge, Member, Pin
from members.rates import note_try, tries
from members.services.badges import (
    BadgeTaken,
    BadgeUnreadable,
    PinOfTheirOwn,
    PinTooWeak,
    TooManyBadges,
    confirm_badge,
    enrol_badge,
    revoke_badge,
    set_pin,
)
from members.states import BADGES_TRIED, BADGES_TRIED_OVER
from spaces.models import Space
from spaces.posting import posted_from

UNPROCESSABLE = 422


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def badges(request: HttpRequest) -> HttpResponse:
    """The badges, and a form to add one."""
    if request.method == "GET":
        return _page(request)
    form, member = BadgeForm(request.POST), _member(request)
    if form.is_valid() and badge_is_enrolled(form, member=member, by=member):
        messages.success(request, _("The badge is yours. With your PIN it opens the machines."))
        return redirect("members:badges")
    return _page(request, badge_form=form, status=UNPROCESSABLE)


@login_required
@require_POST
def badge_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """A badge that staff has given counts in every space from now on."""
    badge = get_object_or_404(Badge, pk=pk, member=_member(request), revoked_at=None)
    confirm_badge(badge=badge)
    messages.success(request, _("Confirmed. With your PIN it counts in every space."))
    return redirect("members:badges")


@login_required
@require_POST
def badge_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """A badge that is lost opens nothing any more."""
    member = _member(request)
    badge = get_object_or_404(Badge, pk=pk, member=member, revoked_at=None)
    revoke_badge(badge=badge, by=member, now=now())
    messages.success(request, _("The badge opens nothing any more."))
    return redirect("members:badges")


@login_required
@never_cache
@posted_from("members:badges")
def pin(request: HttpRequest) -> HttpResponse:
    """Another PIN."""
    form = PinForm(request.POST)
    if form.is_valid() and _pin_is_set(form, _member(request)):
        messages.success(request, _("Your PIN is changed."))
        return redirect("members:badges")
    return _page(request, pin_form=form, status=UNPROCESSABLE)


def badge_is_enrolled(
    form: BadgeForm, *, member: Member, by: Member, space: Space | None = None
) -> bool:
    """Give `member` the badge of a valid form, as staff of `space` or for oneself.

    Where that fails the form says why.
    """
    told, moment = form.cleaned_data, now()
    tried = f"badges:{by.pk}"
    if tries(tried, over=BADGES_TRIED_OVER, now=moment) >= BADGES_TRIED:
        form.add_error("read", _("Several badges were those of others. Try again in an hour."))
        return False
    try:
        enrol_badge(
            member=member,
            read=told["read"],
            name=told["name"],
            pin=told.get("pin", ""),
            space=space,
            by=by,
            now=moment,
        )
    except BadgeUnreadable:
        form.add_error("read", _("This is too short for a badge. Hold it to the reader again."))
    except TooManyBadges:
        form.add_error("read", _("There are too many badges already. Revoke one first."))
    except BadgeTaken:
        # Else whoever has patience would learn which badges there are.
        note_try(tried, over=BADGES_TRIED_OVER, now=moment)
        form.add_error("read", _("This badge belongs to somebody already. Take another one."))
    except PinTooWeak:
        form.add_error("pin", _too_weak())
    except PinOfTheirOwn:
        words = _("They have a PIN already, which counts elsewhere too. Leave this empty.")
        form.add_error("pin", words)
    return form.is_valid()


def _pin_is_set(form: PinForm, member: Member) -> bool:
    """Give `member` the PIN of a valid form; where it is too weak the form says so."""
    try:
        set_pin(member=member, pin=form.cleaned_data["pin"], now=now())
    except PinTooWeak:
        form.add_error("pin", _too_weak())
    return form.is_valid()


def _too_weak() -> str:
    return _("Take 4 to 8 digits that nobody guesses at once.")


def _member(request: HttpRequest) -> Member:
    if not isinstance(request.user, Member):
        raise PermissionDenied
    return request.user


def _page(
    request: HttpRequest,
    *,
    badge_form: BadgeForm | None = None,
    pin_form: PinForm | None = None,
    status: int = 200,
) -> HttpResponse:
    member = _member(request)
    context = {
        "badges": member.badges.filter(revoked_at=None).select_related("space"),
        "badge_form": badge_form or BadgeForm(),
        "pin_form": pin_form or PinForm(),
        "pin": Pin.objects.filter(member=member).select_related("space").first(),
        "moment": now(),
    }
    return render(request, "members/badges.html", context, status=status)
