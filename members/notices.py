"""What people are told about their certifications, and about what staff does to their badges."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from members.models import Badge, Certification, Member
from notifications import outbox
from spaces.models import Space

CERTIFIED = "certification_granted"
REVOKED = "certification_revoked"
BADGE = "badge_by_staff"


class BadgeNews(StrEnum):
    """What staff of a space did to what a member identifies themselves with."""

    GIVEN = "given"
    GIVEN_WITH_PIN = "given_with_pin"
    REVOKED = "revoked"
    PIN_TAKEN = "pin_taken"


def certified(certification: Certification, *, now: datetime) -> None:
    """Tell its holder of a new certification."""
    by = certification.granted_by
    _post(
        certification,
        CERTIFIED,
        more={"by": str(by) if by else "", "url": certificate_address(certification)},
        now=now,
    )


def revoked(certification: Certification, *, by: Member, now: datetime) -> None:
    """Tell its holder that a certification counts no more, and why."""
    more = {"by": str(by), "reason": certification.revoke_reason}
    _post(certification, REVOKED, more=more | {"url": page("certifications")}, now=now)


def told_of_badge(
    what: BadgeNews,
    *,
    member: Member,
    space: Space,
    badge: Badge | None,
    by: Member,
    now: datetime,
) -> None:
    """Tell `member` what staff of `space` did, and where to confirm or to undo it."""
    about = f"badge:{badge.pk}" if badge else f"pin:{member.pk}"
    outbox.post(
        outbox.draft(
            recipient=member,
            space_key=str(space.pk),
            kind=BADGE,
            subject_key=about,
            dedupe_key=f"{BADGE}:{about}:{what}:{now.isoformat()}",
            context={
                "name": member.name,
                "what": what,
                "badge": badge.name if badge else "",
                "space": space.name,
                "zone": space.timezone,
                "by": str(by),
                "url": page("badges"),
            },
            send_after=now,
        )
    )


def certificate_address(certification: Certification) -> str:
    """Where anybody who is told the address may check the certificate."""
    return page("certificate", certification.key)


def page(name: str, *args: object) -> str:
    """The whole address of a page of ours, as others need it."""
    return settings.BASE_URL + reverse(f"members:{name}", args=args)


def _post(certification: Certification, kind: str, *, more: dict[str, Any], now: datetime) -> None:
    member, space = certification.member, certification.space
    with override(member.language):
        context = {
            "name": member.name,
            "skill": str(certification.skill),
            "space": space.name if space else "Établi",
            "zone": space.timezone if space else "UTC",
            **more,
        }
    if certification.end_date is not None:
        context["end_date"] = certification.end_date.isoformat()
    outbox.post(
        outbox.draft(
            recipient=member,
            space_key=str(certification.space_id or ""),
            kind=kind,
            subject_key=f"certification:{certification.pk}",
            dedupe_key=f"{kind}:{certification.pk}",
            context=context,
            send_after=now,
        )
    )
