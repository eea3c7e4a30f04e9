"""The page of a tablet at the machines, which signs in as itself and never as a person.

Without scripts it is one form. With them (static/js/kiosk.js) what is done is kept in the tablet
first and sent then, so that nothing is lost while there is no network.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods, require_POST

from booking.answer_forms import AnswersForm
from booking.kiosk_answers import told_of
from booking.kiosk_forms import KioskForm, PairingForm
from booking.kiosk_sent import SentUnreadable, answers_in, received
from booking.models import Kiosk
from booking.queries.kiosks import machines_at, tiles_of
from booking.queries.questions import asked_about
from booking.sealing import public_key
from booking.services.kiosk_entries import Deed, Outcome, enter, enter_all
from booking.services.kiosk_tries import identify_at
from booking.services.kiosks import PairingRefused, kiosk_of, note_clock, pair
from booking.services.leaving import Said
from booking.states import KioskAct, KioskOutcome
from machines.models import Machine
from members.models import Member
from members.pressing import pressed_too_often
from members.services.badges import NotIdentified
from members.states import IdentityProblem
from spaces.posting import posted_from

COOKIE = "kiosk"
COOKIE_KEPT = timedelta(days=400)
UNPROCESSABLE = 422
KNOWN_FOR = timedelta(minutes=3)
"""How long somebody who said who they are may take over the questions."""

SALT = "booking.kiosk.known"
TO_THE_START = 8
"""Seconds for which an answer stands before the page returns to its start."""

View = Callable[..., HttpResponse]


def for_tablets(view: View) -> View:
    """Give `view` the tablet that asks; another browser gets to the page that pairs it."""

    @wraps(view)
    def asked(request: HttpRequest) -> HttpResponse:
        found = kiosk_of(request.COOKIES.get(COOKIE, ""), now())
        if found is None and request.content_type == "application/json":
            return JsonResponse({"told": _("This tablet is not paired.")}, status=403)
        if found is None:
            return render(request, "booking/kiosk_pair.html", {"form": PairingForm()})
        with _spoken(request, found):
            response = view(request, found)
        # Used every day, it is known for ever.
        _remember(request, response, request.COOKIES[COOKIE])
        return response

    return asked


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@ensure_csrf_cookie
@for_tablets
def kiosk(request: HttpRequest, tablet: Kiosk) -> HttpResponse:
    """Choose a machine, say who you are, check in or out, or extend."""
    machines = machines_at(tablet)
    if request.method != "POST":
        page = _page(request, tablet, KioskForm(machines=machines))
        # The service worker keeps this page, and no other, for when there is no network.
        page["X-Kiosk"] = "start"
        return page
    if (refused := pressed_too_often(request, "kiosk")) is not None:
        return refused
    form = KioskForm(request.POST, machines=machines)
    if not form.is_valid():
        return _page(request, tablet, form, status=UNPROCESSABLE)
    try:
        member = _who(form, tablet)
    except NotIdentified as error:
        form.add_error(_field_of(error.problem), error.message)
        return _page(request, tablet, form, status=UNPROCESSABLE)
    return _entered(request, tablet, form, member)


@require_POST
@never_cache
@for_tablets
def kiosk_entries(request: HttpRequest, tablet: Kiosk) -> HttpResponse:
    """Do what the tablet kept, and answer each."""
    if (refused := pressed_too_often(request, "kiosk")) is not None:
        return refused
    moment = now()
    try:
        told = received(request.body, tablet, moment)
    except SentUnreadable:
        return JsonResponse({"told": _unreadable()}, status=UNPROCESSABLE)
    note_clock(kiosk=tablet, skew=told.skew)
    outcomes = enter_all(kiosk=tablet, deeds=told.deeds, now=moment)
    answers = [_answer_of(outcome, tablet) for outcome in outcomes]
    # What is answered is forgotten by the tablet, or put aside; the rest it keeps, says so, and
    # sends again.
    answers += [_answer_to_nothing(key) for key in told.unreadable]
    return JsonResponse({"answers": answers})


@never_cache
@posted_from("booking:kiosk")
def kiosk_pair(request: HttpRequest) -> HttpResponse:
    """Become the tablet for which staff has made a code."""
    if (refused := pressed_too_often(request, "kiosk-pair")) is not None:
        return refused
    form = PairingForm(request.POST)
    if form.is_valid():
        try:
            _kiosk, secret = pair(code=form.cleaned_data["code"], now=now())
        except PairingRefused:
            told = _("This code pairs nothing. Ask the staff for a new one: it counts 15 minutes.")
            form.add_error("code", told)
        else:
            response = redirect("booking:kiosk")
            _remember(request, response, secret)
            return response
    return render(request, "booking/kiosk_pair.html", {"form": form}, status=UNPROCESSABLE)


def _entered(request: HttpRequest, tablet: Kiosk, form: KioskForm, member: Member) -> HttpResponse:
    """Do it, or ask first what is asked at check-out."""
    told = form.cleaned_data
    machine: Machine = told["machine"]
    said: list[Said] = []
    if told["act"] == KioskAct.CHECK_OUT and (asked := asked_about(machine)).questions:
        was_asked = "asked" in request.POST
        answers = AnswersForm(request.POST if was_asked else None, asked=asked)
        if not was_asked or not answers.is_valid():
            known = signing.dumps([member.pk, *_standing(form, tablet)], salt=SALT)
            status = UNPROCESSABLE if was_asked else 200
            more = {"answers": answers, "known": known, "member": member}
            return _page(request, tablet, form, status=status, **more)
        said = answers.said()
    deed = Deed(
        key=told["key"],
        act=KioskAct(told["act"]),
        machine=machine,
        who=lambda: member,
        answers=answers_in(request.POST.dict()),
        said=lambda: said,
    )
    outcome = enter(kiosk=tablet, deed=deed, now=now())
    context = {"answer": _answer_of(outcome, tablet), "seconds": TO_THE_START}
    status = 200 if outcome.is_done else UNPROCESSABLE
    return render(
        request, "booking/kiosk_done.html", _common(request, tablet) | context, status=status
    )


def _who(form: KioskForm, tablet: Kiosk) -> Member:
    """Who stands there: by badge and PIN, or known from the page before; raises NotIdentified."""
    told = form.cleaned_data
    if not told["known"]:
        return identify_at(tablet, read=told["badge"], pin=told["pin"], now=now())
    try:
        pk, *standing = signing.loads(told["known"], salt=SALT, max_age=KNOWN_FOR)
    except signing.BadSignature:
        pk, standing = None, []
    member = Member.objects.filter(pk=pk, is_active=True).first()
    if member is None or standing != _standing(form, tablet):
        message = _("This took too long. Hold your badge to the reader again.")
        raise NotIdentified(IdentityProblem.UNKNOWN_BADGE, message)
    return member


def _standing(form: KioskForm, tablet: Kiosk) -> list[object]:
    """What somebody is known for: this once, at this tablet, at this machine."""
    told = form.cleaned_data
    return [tablet.pk, told["machine"].pk, str(told["key"])]


def _field_of(problem: IdentityProblem) -> str:
    is_about_pin = problem in {IdentityProblem.NO_PIN, IdentityProblem.WRONG_PIN}
    return "pin" if is_about_pin or problem == IdentityProblem.PIN_LOCKED else "badge"


def _answer_of(outcome: Outcome, tablet: Kiosk) -> dict[str, Any]:
    """What the page says to who did it; who it was is forgotten with the answer."""
    entry = outcome.entry
    return {
        "key": str(entry.key),
        "is_done": outcome.is_done,
        "is_for_staff": entry.outcome == KioskOutcome.TO_SETTLE,
        "is_put_aside": outcome.is_put_aside,
        **told_of(outcome, tablet.space.zone),
    }


def _answer_to_nothing(key: str) -> dict[str, Any]:
    """What the page is told about what cannot be read, so that it does not keep it for ever."""
    return {"key": key, "is_done": False, "is_for_staff": False, "title": _("Not done")} | {
        "lines": [_unreadable(), _("The staff of the space can help.")]
    }


def _unreadable() -> str:
    return _("This cannot be read.")


def _page(
    request: HttpRequest, tablet: Kiosk, form: KioskForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    moment = now()
    tiles = tiles_of(machines_at(tablet), now=moment)
    chosen = form.data.get("machine") or (str(tiles[0].machine.pk) if len(tiles) == 1 else "")
    context = _common(request, tablet) | {
        "form": form,
        "tiles": [(tile, AnswersForm(asked=tile.asked)) for tile in tiles],
        "chosen": chosen,
        "moment": moment,
        "key": form.data.get("key") or uuid.uuid4(),
        "public_key": public_key(tablet.space_id),
        "seconds": TO_THE_START,
    }
    return render(request, "booking/kiosk.html", context | more, status=status)


def _common(request: HttpRequest, tablet: Kiosk) -> dict[str, Any]:
    return {
        "kiosk": tablet,
        "space": tablet.space,
        "languages": settings.LANGUAGES,
        "lang": _language(request, tablet),
    }


@contextmanager
def _spoken(request: HttpRequest, tablet: Kiosk) -> Iterator[None]:
    """In the language that was chosen on the page, else that of the space: none is remembered."""
    with override(_language(request, tablet)):
        yield


def _language(request: HttpRequest, tablet: Kiosk) -> str:
    spoken = dict(settings.LANGUAGES)
    asked = request.GET.get("lang", "")
    choices = [asked, *tablet.space.languages, settings.LANGUAGE_CODE]
    return next(each for each in choices if each in spoken)


def _remember(request: HttpRequest, response: HttpResponse, secret: str) -> None:
    response.set_cookie(
        COOKIE,
        secret,
        max_age=COOKIE_KEPT,
        path="/kiosk/",
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
