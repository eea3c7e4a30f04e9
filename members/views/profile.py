"""A member's own page: name, language, time zone, and tokens for programs."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from members.forms import ProfileForm, TokenForm
from members.models import Member, Token
from members.services.membership import change_profile
from members.services.tokens import create_token, revoke_token
from members.speaking import speak
from spaces.posting import posted_from


@login_required
@never_cache
def profile(request: HttpRequest) -> HttpResponse:
    """Show and change what the member says about themselves."""
    form = ProfileForm(request.POST or None, instance=_member(request))
    if request.method != "POST" or not form.is_valid():
        return _page(request, profile_form=form)
    member = change_profile(member=_member(request), **form.cleaned_data)
    with translation.override(member.language):
        messages.success(request, _("Your profile is saved."))
    response = redirect("members:profile")
    speak(response, member.language)
    return response


@login_required
@never_cache
@posted_from("members:profile")
def token_create(request: HttpRequest) -> HttpResponse:
    """Make a token and show its secret, this once."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, token_form=form)
    moment = now()
    token, secret = create_token(
        member=_member(request),
        scopes=form.cleaned_data["scopes"],
        name=form.cleaned_data["name"],
        expires_at=form.expires_at(moment),
        now=moment,
    )
    return _page(request, new_token=token, secret=secret)


@login_required
@require_POST
def token_revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """End a token of the member's own."""
    token = get_object_or_404(Token, pk=token_id, member=_member(request))
    revoke_token(token=token, now=now())
    messages.success(request, _("The token “%(token)s” is revoked.") % {"token": token})
    return redirect("members:profile")


def _member(request: HttpRequest) -> Member:
    member = request.user
    if not isinstance(member, Member):
        raise TypeError("these pages are for members")
    return member


def _page(
    request: HttpRequest,
    *,
    profile_form: ProfileForm | None = None,
    token_form: TokenForm | None = None,
    new_token: Token | None = None,
    secret: str = "",
) -> HttpResponse:
    """The page; 422 where a form came back with errors."""
    refused = any(form is not None and form.errors for form in (profile_form, token_form))
    member = Member.objects.get(pk=_member(request).pk)
    context = {
        "profile_form": profile_form or ProfileForm(instance=member),
        "token_form": token_form or TokenForm(),
        "tokens": member.tokens.valid(now()).order_by("-created_at"),
        "new_token": new_token,
        "secret": secret,
    }
    return render(request, "members/profile.html", context, status=422 if refused else 200)
