"""Certificates as anybody may check them, and what programs need to do so.

The address of a certificate is the permission: nobody can guess it.
"""

import uuid

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.formats import date_format
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from members.credentials.badge import (
    achievement_of,
    claims_of,
    credential_of,
    issuer_of,
    status_of,
)
from members.credentials.keys import jwk_of, public_key_of, published, signed
from members.credentials.sheet import sheet_of
from members.models import Certification, Skill
from members.notices import certificate_address, page
from members.queries import PARTS, state_of, terms_of
from spaces.models import Space

JWT = "application/vc+jwt"


@require_safe
@never_cache
def certificate(request: HttpRequest, key: str) -> HttpResponse:
    """Whether it is valid, expired or revoked, and whose it is where they allow it."""
    row, space = _certificate(key)
    context = {
        "certification": row,
        "space": space,
        "state": state_of(row, now()),
        "criteria": terms_of(space, row.skill).criteria,
        "is_mine": row.member == request.user,
        "is_signed": bool(settings.CREDENTIAL_PRIVATE_KEY),
    }
    response = render(request, "members/certificate.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


@login_required
@require_safe
@never_cache
def certificate_pdf(request: HttpRequest, key: str) -> HttpResponse:
    """The sheet to print, with the name: for its holder alone (Http404)."""
    row, space = _certificate(key)
    if row.member != request.user:
        raise Http404
    facts = [
        (_("Granted by"), f"{space.name}, {row.granted_by}" if row.granted_by else space.name),
        (_("First day"), date_format(row.start_date, "DATE_FORMAT")),
    ]
    if row.end_date is not None:
        facts.append((_("Last day"), date_format(row.end_date, "DATE_FORMAT")))
    content = sheet_of(
        title=_("Certificate"),
        name=str(row.member),
        skill=str(row.skill),
        facts=facts,
        hint=_("Whether it is valid today is said here:"),
        address=certificate_address(row),
    )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{row.skill.slug}.pdf"'
    return response


@require_safe
@never_cache
def certificate_badge(request: HttpRequest, key: str) -> HttpResponse:
    """The Open Badges credential to read; what is signed is the token."""
    row, space = _certificate(key)
    return JsonResponse(credential_of(row, space=space, terms=terms_of(space, row.skill)))


@require_safe
@never_cache
def certificate_token(request: HttpRequest, key: str) -> HttpResponse:
    """The signed credential; Http404 where the installation has no key."""
    row, space = _certificate(key)
    private_key = settings.CREDENTIAL_PRIVATE_KEY
    if not private_key:
        raise Http404
    credential = credential_of(row, space=space, terms=terms_of(space, row.skill))
    kid = jwk_of(public_key_of(private_key))["kid"]
    token = signed(
        claims_of(row, credential, space),
        private_key=private_key,
        key_address=page("credential_key", kid),
    )
    response = HttpResponse(token, content_type=JWT)
    response["Content-Disposition"] = f'attachment; filename="{row.skill.slug}.jwt"'
    return response


@require_safe
@never_cache
def certificate_status(request: HttpRequest, key: str) -> HttpResponse:
    """Whether the credential is revoked, as programs ask."""
    return JsonResponse(status_of(*_certificate(key)))


@require_safe
def issuer(request: HttpRequest, space: str) -> HttpResponse:
    """Who certifies, as programs read it."""
    return JsonResponse(issuer_of(get_object_or_404(Space, slug=space)))


@require_safe
def achievement(request: HttpRequest, space: str, skill: str) -> HttpResponse:
    """What is learned, as programs read it."""
    place = get_object_or_404(Space, slug=space)
    learned = get_object_or_404(Skill, slug=skill)
    return JsonResponse(achievement_of(learned, terms_of(place, learned)))


@require_safe
def credential_keys(request: HttpRequest) -> HttpResponse:
    """The keys with which certificates are checked, today's and those of before (RFC 7517)."""
    return JsonResponse({"keys": list(_keys().values())}, content_type="application/jwk-set+json")


@require_safe
def credential_key(request: HttpRequest, kid: str) -> HttpResponse:
    """One of these keys: a token names the address of the one that signed it."""
    jwk = _keys().get(kid)
    if jwk is None:
        raise Http404
    return JsonResponse(jwk, content_type="application/jwk+json")


def _keys() -> dict[str, dict[str, str]]:
    return published(settings.CREDENTIAL_PRIVATE_KEY, settings.CREDENTIAL_KEYS_RETIRED)


def _certificate(key: str) -> tuple[Certification, Space]:
    """The certification of an address, with the space that answers for it; raises Http404."""
    try:
        asked = uuid.UUID(key)
    except ValueError:
        raise Http404 from None
    row = get_object_or_404(Certification.objects.select_related(*PARTS), key=asked)
    if row.space is None:
        raise Http404
    return row, row.space
