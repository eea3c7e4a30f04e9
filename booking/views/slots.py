"""Find a time: the earliest offers over many machines."""

from datetime import timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from booking.filters import LENGTHS, MOST_DAYS, SlotForm
from booking.queries.catalogue import categories_with_counts, spaces_with_counts
from booking.queries.gaps import Place
from booking.queries.offers import OfferPage, offers
from booking.queries.slots import place_of
from booking.queries.viewer import viewer_of
from booking.span_forms import asked_span
from booking.wording import duration_in_words
from spaces.intervals import DAY
from spaces.paging import CursorInvalid, cursor_of

WEEK = 7 * DAY


@require_safe
def slots(request: HttpRequest) -> HttpResponse:
    """The form, and the earliest time of each machine that it asks for."""
    moment = now()
    form = SlotForm(
        request.GET,
        today=localdate(moment),
        spaces=spaces_with_counts(),
        categories=categories_with_counts(),
    )
    viewer = viewer_of(request.user)
    found = OfferPage(offers=[], next=None)
    if form.is_valid():
        after = _place(request.GET.get("after"))
        found = offers(form.search(), viewer, after=after, now=moment)
    asked = request.GET.copy()
    asked.pop("after", None)
    context = {
        "form": form,
        "offers": [
            (each, urlencode(asked_span(each.interval, each.card.machine.space.zone)))
            for each in found.offers
        ],
        "names_zones": found.in_several_zones,
        "more": urlencode({**asked.dict(), "after": cursor_of(found.next)}) if found.next else "",
        "wider": _wider(form) if form.is_valid() and not found.offers else [],
        "is_continued": "after" in request.GET,
        "address": asked.urlencode(),
        "viewer": viewer,
    }
    return render(request, "booking/slots.html", context)


def _place(cursor: str | None) -> Place | None:
    """Where to go on; from the beginning where the address was not made by this page."""
    try:
        return place_of(cursor) if cursor else None
    except CursorInvalid:
        return None


def _wider(form: SlotForm) -> list[tuple[str, str]]:
    """What would let more be found, each as words and as the address that asks for it."""
    data = form.cleaned_data
    asked = {name: form.data[name] for name in form.fields if form.data.get(name)}
    ways: list[tuple[str, dict[str, object]]] = []
    later = min(data["last"] + WEEK, data["first"] + (MOST_DAYS - 1) * DAY)
    if later > data["last"]:
        ways.append((_("A week longer"), {"last": later}))
    shorter = [each for each in LENGTHS if each < data["length"]]
    if shorter:
        length = duration_in_words(timedelta(minutes=shorter[-1]))
        ways.append((_("Only %(length)s") % {"length": length}, {"length": shorter[-1]}))
    for name, words in (
        ("space", _("In all spaces")),
        ("category", _("In all categories")),
        ("q", _("Without the words")),
    ):
        if data.get(name):
            ways.append((words, {name: ""}))
    return [
        (words, urlencode({key: value for key, value in {**asked, **other}.items() if value}))
        for words, other in ways
    ]
