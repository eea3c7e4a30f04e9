"""The texts of a space's messages: every kind with its preview, and the words of the space."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.forms import MessageTextForm
from members.models import Member
from members.views import mails
from members.views.staff import for_staff
from notifications import texts
from notifications.adapting import Wording, starting_wording
from notifications.models import Message
from notifications.offered import BLOCKS, FIELDS, MAY_BE_EMPTY, left_unsaid
from notifications.rendering import Rendered, render_as, values_in
from notifications.samples import SAMPLES, Sample, Scene, grouped, sample_message
from notifications.wording import show_the_same
from spaces.models import Space

FAR_AWAY = ("Pacific/Auckland", "America/New_York")
"""Where an invented reader may be to whom the space's clock is a strange one."""


@dataclass(frozen=True, slots=True)
class Told:
    """One kind of message in one language, as a space sends it."""

    space: Space
    sample: Sample
    language: str
    now: datetime

    @property
    def about(self) -> dict[str, str]:
        """What its texts are kept under."""
        return {
            "space_key": str(self.space.pk),
            "kind": self.sample.kind,
            "language": self.language,
        }

    def message(self, *, zone: str = "") -> Message:
        """The sample, to somebody here or to somebody whose own clock is `zone`."""
        today = self.now.astimezone(self.space.zone).date()
        scene = Scene(space=self.space.name, zone=self.space.zone, today=today)
        return sample_message(self.sample, scene, language=self.language, timezone=zone)

    def starting(self) -> Wording:
        """The house's words with fields in them."""
        with override(self.language):
            return starting_wording(self.sample.kind)

    def shown(self, wording: Wording | None, rendered: Rendered | None) -> dict[str, Any]:
        """What a page needs to show it, and what readers would miss in these words."""
        missing = (
            left_unsaid(self.sample.kind, wording.text, house=self.starting().text)
            if wording
            else []
        )
        return {
            "space": self.space,
            "sample": self.sample,
            "language": self.language,
            "languages": settings.LANGUAGES,
            "rendered": rendered,
            "missing": missing,
        }


@login_required
@require_safe
@never_cache
def templates(request: HttpRequest, space: str) -> HttpResponse:
    """Every kind of message: what it is for, and in which languages the space words it itself."""
    place = for_staff(request, get_object_or_404(Space, slug=space))
    own: dict[str, list[str]] = {}
    adapted = texts.adapted_in(str(place.pk))
    for code, name in settings.LANGUAGES:
        for kind in SAMPLES:
            if (kind, code) in adapted:
                own.setdefault(kind, []).append(str(name))
    groups = [(group, [(each, own.get(each.kind)) for each in them]) for group, them in grouped()]
    context = {"space": place, "groups": groups, "language": get_language()}
    return render(request, "members/templates.html", context)


@login_required
@require_safe
@never_cache
def template(request: HttpRequest, space: str, kind: str, language: str) -> HttpResponseBase:
    """A message of one kind as it would go out: `?reader=away` to somebody with another clock."""
    told = _told(request, space, kind, language)
    wording = texts.wording_in(**told.about)
    away = _far_from(told) if request.GET.get("reader") == "away" else ""
    rendered = render_as(told.message(zone=away), wording)
    context = told.shown(wording, rendered) | {"away": away, "is_own": wording is not None}
    page = render(request, "members/template.html", context)
    return mails.within(request, page, rendered.html)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def text(request: HttpRequest, space: str, kind: str, language: str) -> HttpResponseBase:
    """Word a kind of message: look at it as often as you like, then save."""
    told = _adaptable(request, space, kind, language)
    if request.method != "POST":
        wording = _version(request, told) or texts.wording_in(**told.about) or told.starting()
        form = MessageTextForm(kind, language, initial=asdict(wording))
        return _editor(request, told, form, wording)
    form = MessageTextForm(kind, language, request.POST)
    if not form.is_valid():
        return _editor(request, told, form, None, status=422)
    if request.POST.get("step") == "save":
        return _saved(request, told, form.wording())
    return _editor(request, told, form, form.wording())


@login_required
@require_POST
def text_reset(request: HttpRequest, space: str, kind: str, language: str) -> HttpResponse:
    """Let the house's words hold again."""
    told = _adaptable(request, space, kind, language)
    texts.reset(**told.about, by=_member(request), now=told.now)
    messages.success(request, _("The words of Établi hold again. Yours stay in the history."))
    return redirect("members:message_template", space, kind, language)


def _saved(request: HttpRequest, told: Told, wording: Wording) -> HttpResponse:
    if wording == told.starting():
        # The house's own words, which may become better ones, need not be kept.
        texts.reset(**told.about, by=_member(request), now=told.now)
    else:
        texts.adapt(**told.about, wording=wording, by=_member(request), now=told.now)
    messages.success(request, _("Saved. Messages go out in these words from now on."))
    return redirect("members:message_template", told.space.slug, told.sample.kind, told.language)


def _told(request: HttpRequest, space: str, kind: str, language: str) -> Told:
    """What the address names, for those who work there; raises Http404."""
    place = for_staff(request, get_object_or_404(Space, slug=space))
    if kind not in SAMPLES or language not in dict(settings.LANGUAGES):
        raise Http404
    return Told(place, SAMPLES[kind], language, now())


def _adaptable(request: HttpRequest, space: str, kind: str, language: str) -> Told:
    told = _told(request, space, kind, language)
    if not told.sample.is_of_space:
        raise Http404
    return told


def _editor(
    request: HttpRequest,
    told: Told,
    form: MessageTextForm,
    wording: Wording | None,
    status: int = 200,
) -> HttpResponseBase:
    """The form, and below it what would go out where the words can be filled."""
    rendered = render_as(told.message(), wording) if wording else None
    context = told.shown(wording, rendered) | {
        "form": form,
        "starting": told.starting(),
        "fields": _fields(told),
        "history": texts.history_of(**told.about),
    }
    page = render(request, "members/text.html", context, status=status)
    return mails.within(request, page, rendered.html if rendered else "")


def _fields(told: Told) -> list[dict[str, Any]]:
    """The fields of the kind, with what stands for them in the sample."""
    return [
        {
            "code": f"{{{name}}}",
            "means": FIELDS[name],
            "example": "" if name in BLOCKS else value,
            "may_be_empty": name in MAY_BE_EMPTY,
        }
        for name, value in values_in(told.message()).items()
    ]


def _version(request: HttpRequest, told: Told) -> Wording | None:
    """An earlier wording to begin with, where the address asks for one: `?version=`."""
    asked = request.GET.get("version", "")
    row = (
        texts.history_of(**told.about).filter(pk=int(asked)).first() if asked.isdecimal() else None
    )
    return Wording(row.subject, row.text) if row and row.text else None


def _far_from(told: Told) -> str:
    """A zone whose clock shows another time than the space's."""
    here = told.space.zone
    return next(name for name in FAR_AWAY if not show_the_same(here, ZoneInfo(name), told.now))


def _member(request: HttpRequest) -> Member:
    if not isinstance(request.user, Member):
        raise Http404
    return request.user
