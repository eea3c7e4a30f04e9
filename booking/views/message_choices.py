"""The page on which members say which messages they get, when and how."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from booking.message_choice_form import MessageChoiceForm
from booking.services.message_choices import change_messages
from booking.views.asking import signed_in
from machines.views.staff import UNPROCESSABLE
from members.models import Member
from members.speaking import speak
from notifications.kinds import essential_groups
from notifications.models import Preference


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def message_choices(request: HttpRequest) -> HttpResponse:
    """Show what is chosen, and keep what is chosen now."""
    # Read again: what a refused form leaves in `member` must not show in the head of the page.
    member = Member.objects.select_related("preference").get(pk=signed_in(request).pk)
    preference = getattr(member, "preference", None) or Preference(member=member)
    form = MessageChoiceForm(request.POST or None, member=member, preference=preference)
    if request.method == "POST" and form.is_valid():
        return _saved(member, form, request)
    context = {"form": form, "essential": essential_groups(), "zone": member.timezone}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "booking/message_choices.html", context, status=status)


def _saved(member: Member, form: MessageChoiceForm, request: HttpRequest) -> HttpResponse:
    """Say so in the language chosen, which the pages speak from here on."""
    language = form.cleaned_data["language"]
    change_messages(
        member=member,
        language=language,
        reminder_offset=form.reminder_offset,
        choice=form.choice,
        now=now(),
    )
    with translation.override(language):
        messages.success(request, _("Your choice is saved."))
    response = redirect("booking:message_choices")
    speak(response, language)
    return response
