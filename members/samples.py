"""A believable message of each kind about accounts, companies and certifications."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.adapter import KIND
from members.notices import BADGE, CERTIFIED, REVOKED, BadgeNews
from members.services.companies import INVITED
from notifications.samples import Sample, Scene

OF_ACCOUNTS = gettext_lazy("Accounts")


def _account(scene: Scene) -> dict[str, Any]:
    return {
        "subject": _("Please confirm your e-mail address"),
        "text": _("To finish, open this address: %(url)s")
        % {"url": scene.page("account/confirm-email/sample")},
    }


def _invitation(scene: Scene) -> dict[str, Any]:
    return {
        "company": "Lémano Robotique Sàrl",
        "kind": "booker",
        "by": "Nadia Bernasconi",
        "has_account": True,
        "url": scene.page("companies"),
    }


def _badge(scene: Scene) -> dict[str, Any]:
    return {
        "name": "Camille",
        "what": BadgeNews.GIVEN_WITH_PIN,
        "badge": _("Blue key fob"),
        "space": scene.space,
        "zone": scene.zone.key,
        "by": "Jonas Widmer",
        "url": scene.page("profile/badges"),
    }


def _certification(scene: Scene) -> dict[str, Any]:
    return {
        "name": "Camille",
        "skill": _("Laser cutter"),
        "space": scene.space,
        "zone": scene.zone.key,
        "by": "Jonas Widmer",
        "end_date": (scene.today + timedelta(days=365)).isoformat(),
        "url": scene.page("certificates/sample"),
    }


def _revoked(scene: Scene) -> dict[str, Any]:
    return _certification(scene) | {
        "reason": _("The laser ran without anybody beside it."),
        "url": scene.page("profile/certifications"),
    }


_of_certification = partial(
    Sample,
    group=gettext_lazy("Certifications"),
    sent_to=gettext_lazy("whoever is certified"),
    facts="messages/_certification_facts",
)

SAMPLES = (
    Sample(
        kind=KIND,
        title=gettext_lazy("About an account"),
        group=OF_ACCOUNTS,
        sent_when=gettext_lazy("To confirm an address, choose a new password, and so on."),
        sent_to=gettext_lazy("whoever has the address"),
        context=_account,
        is_of_space=False,
    ),
    Sample(
        kind=INVITED,
        title=gettext_lazy("Invitation to a company"),
        group=OF_ACCOUNTS,
        sent_when=gettext_lazy("When a company asks somebody to act for it."),
        sent_to=gettext_lazy("whoever is invited"),
        context=_invitation,
        is_of_space=False,
    ),
    Sample(
        kind=BADGE,
        title=gettext_lazy("Badge given or revoked by staff"),
        group=OF_ACCOUNTS,
        sent_when=gettext_lazy("When staff gives somebody a badge or a PIN, or takes one away."),
        sent_to=gettext_lazy("whoever it belongs to"),
        context=_badge,
        varies=True,
        # Whoever did it does not word it.
        is_of_space=False,
    ),
    _of_certification(
        kind=CERTIFIED,
        title=gettext_lazy("Certified"),
        sent_when=gettext_lazy("When somebody is certified, at once."),
        context=_certification,
    ),
    _of_certification(
        kind=REVOKED,
        title=gettext_lazy("Certification revoked"),
        sent_when=gettext_lazy("When a certification is revoked, at once."),
        context=_revoked,
    ),
)
