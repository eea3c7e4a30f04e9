"""The pages about skills, certificates and inductions, and what is none."""

from datetime import date, timedelta

from booking.states import InductionState, PlaceState
from members.models import SkillTerms
from tests.booking.lively import NOW, Lively, at
from tests.factories.inductions import InductionFactory, PlaceFactory
from tests.factories.members import (
    CertificationFactory,
    GrantingRightFactory,
    MemberFactory,
    SkillFactory,
)
from tests.factories.spaces import SpaceFactory
from tests.journeys.rooms.room import Names, Room

THURSDAY = date(2026, 10, 22)


def furnish(lively: Lively) -> Names:
    """Somebody who may certify others, certificates of every state, inductions of every state."""
    skill = SkillFactory.create(name="Welding", slug="welding")
    lively.mill.skills.add(skill)
    SkillTerms.objects.create(
        space=lively.space, skill=skill, criteria="Weld a corner.", validity_months=24
    )
    elsewhere = SpaceFactory.create(name="Atelier Bern")
    about = {"skill": skill, "space": lively.space, "granted_by": lively.staff}
    own = CertificationFactory.create(
        **about, member=lively.maker, end_date=date(2027, 10, 1), disuse_months=12
    )
    CertificationFactory.create(**about, member=lively.maker, end_date=date(2026, 1, 1))
    revoked = CertificationFactory.create(
        **about,
        member=lively.maker,
        revoked_at=NOW,
        revoked_by=lively.staff,
        revoke_reason="No goggles",
    )
    CertificationFactory.create(skill=skill, space=elsewhere, member=lively.maker)
    GrantingRightFactory.create(
        skill=skill, space=lively.space, member=lively.maker, granted_by=lively.staff
    )
    return {"skill": skill.slug, "certification": own.pk, "certificate": str(own.key),
            "revoked": str(revoked.key), **_inductions(lively, skill)}  # fmt: skip


def _inductions(lively: Lively, skill: object) -> dict[str, int]:
    """One with free seats, a full one with a line, one that has begun, a cancelled one."""
    about = {"space": lively.space, "skill": skill, "led_by": lively.staff}
    coming = InductionFactory.create(
        **about, starts_at=at("18:00", THURSDAY), seats=6, minimum=2, note="Bring goggles."
    )
    PlaceFactory.create(induction=coming, member=lively.maker)
    full = InductionFactory.create(**about, starts_at=at("20:00", THURSDAY), kind="refresher")
    PlaceFactory.create_batch(2, induction=full)
    PlaceFactory.create(induction=full, member=lively.maker, state=PlaceState.WAITING)
    begun = InductionFactory.create(
        **about, starts_at=NOW - timedelta(hours=1), state=InductionState.CONFIRMED
    )
    PlaceFactory.create(induction=begun, member=MemberFactory.create(name="Pia Passed"))
    PlaceFactory.create(induction=begun, state=PlaceState.ABSENT)
    cancelled = InductionFactory.create(
        **about, starts_at=at("18:00", THURSDAY), state=InductionState.CANCELLED, cancelled_at=NOW
    )
    return {
        "induction": coming.pk,
        "full_induction": full.pk,
        "begun_induction": begun.pk,
        "cancelled_induction": cancelled.pk,
    }


ROOM = Room(
    visitor={
        "inductions": "/inductions/",
        "inductions-none": "/inductions/?space=atelier&machine=trotec",
        "induction": "/inductions/{induction}/",
        "induction-cancelled": "/inductions/{cancelled_induction}/",
        "certificate": "/certificates/{certificate}/",
        "certificate-revoked": "/certificates/{revoked}/",
    },
    maker={
        "inductions-maker": "/inductions/",
        "induction-maker": "/inductions/{induction}/",
        "induction-full": "/inductions/{full_induction}/",
        "certifications": "/profile/certifications/",
        "certificate-own": "/certificates/{certificate}/",
        "certify": "/certify/atelier/{skill}/",
    },
    staff={
        "space-skills": "/spaces/atelier/skills/",
        "space-skill": "/spaces/atelier/skills/{skill}/",
        "certify-staff": "/certify/atelier/{skill}/",
        "certification-revoke": "/spaces/atelier/certifications/{certification}/revoke/",
        "recognition": "/spaces/atelier/recognition/",
        "space-inductions": "/spaces/atelier/inductions/",
        "induction-new": "/spaces/atelier/inductions/new/",
        "space-induction": "/spaces/atelier/inductions/{induction}/",
        "space-induction-begun": "/spaces/atelier/inductions/{begun_induction}/",
    },
    no_pages={
        "booking:induction_join": "an action",
        "booking:induction_leave": "an action",
        "booking:right_take": "an action",
        "members:achievement": "for programs",
        "members:certificate_badge": "for programs",
        "members:certificate_name": "an action",
        "members:certificate_pdf": "a file",
        "members:certificate_status": "for programs",
        "members:certificate_token": "for programs",
        "members:credential_key": "for programs",
        "members:credential_keys": "for programs",
        "members:issuer": "for programs",
    },
    furnish=furnish,
)
