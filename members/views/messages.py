"""The message log of a space: what its people were told, will be told, and could not be told."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from members.views import mails
from members.views.staff import for_staff
from notifications.heartbeats import oldest_due
from notifications.models import Message
from notifications.rendering import Rendered
from notifications.rendering import render as render_message
from notifications.samples import SAMPLES
from notifications.states import TOLD, MessageState
from spaces.models import Space

PER_PAGE = 50


@login_required
@require_safe
@never_cache
def messages(request: HttpRequest, space: str) -> HttpResponse:
    """The log, the newest first; `?state=` shows one state only."""
    place = for_staff(request, get_object_or_404(Space, slug=space))
    rows = Message.objects.readable_by_staff_of(str(place.pk)).select_related("recipient")
    state = request.GET.get("state", "")
    if state in MessageState.values:
        rows = rows.filter(state=state)
    # The texts of fifty mails are not needed to list them.
    rows = rows.defer("context", "attachment", "text", "html")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "space": place,
        "page": page,
        "state": state,
        "states": MessageState.choices,
        "address": f"state={state}" if state in MessageState.values else "",
        "waiting_for": oldest_due(now()),
    }
    return render(request, "members/messages.html", context)


@login_required
@require_safe
@never_cache
def message(request: HttpRequest, message_id: int) -> HttpResponse:
    """One message: its fate and its text."""
    row, place = _message_of_staff(request, message_id)
    rendered, error = _texts(row)
    context = {
        "space": place,
        "message": row,
        "rendered": rendered,
        "error": error,
        "is_known": row.kind in SAMPLES,
    }
    return render(request, "members/message.html", context)


@login_required
@require_safe
@never_cache
@xframe_options_sameorigin
def message_html(request: HttpRequest, message_id: int) -> HttpResponseBase:
    """The HTML of a message, as a page that may load and run nothing."""
    row, _place = _message_of_staff(request, message_id)
    rendered, _error = _texts(row)
    if rendered is None:
        raise Http404
    return mails.alone(request, rendered.html)


def _message_of_staff(request: HttpRequest, message_id: int) -> tuple[Message, Space]:
    """A message in the log of a space, for those who work there."""
    rows = Message.objects.filter(is_secret=False).exclude(space_key="")
    row = get_object_or_404(rows.select_related("recipient"), pk=message_id)
    # The id, because an address may be renamed and the log must not be lost with it.
    place = get_object_or_404(Space, pk=int(row.space_key) if row.space_key.isdecimal() else 0)
    return row, for_staff(request, place)


def _texts(row: Message) -> tuple[Rendered | None, str]:
    """What was sent; for what was not, what would be sent now, or why that cannot be told."""
    if row.text or row.state in TOLD:
        return Rendered(
            subject=row.subject, text=row.text, html=row.html, attachment=row.attachment
        ), ""
    try:
        return render_message(row), ""
    except Exception as error:  # noqa: BLE001 - staff are here to see what is wrong with a template
        return None, f"{type(error).__name__}: {error}"
