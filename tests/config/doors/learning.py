"""Who may open which page about skills, certificates and inductions."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.timezone import now

from members.credentials.keys import jwk_of, public_key_of
from members.models import Certification
from tests.config.doors.door import (
    LOGIN,
    Door,
    World,
    hidden,
    nothing,
    of_space,
    personal,
    public,
    staff,
)
from tests.factories.inductions import InductionFactory
from tests.factories.members import CertificationFactory, GrantingRightFactory, SkillFactory


def certification(world: World) -> Certification:
    """One that the space has granted to somebody else."""
    row: Certification = CertificationFactory(space=world.space, member=world.reservation.member)
    return row


def of_certificate(world: World) -> list[Any]:
    return [certification(world).key]


def of_skill(world: World) -> list[Any]:
    return [world.space.slug, SkillFactory().slug]


def of_induction(world: World) -> list[Any]:
    return [InductionFactory(space=world.space, starts_at=now() + timedelta(days=3)).pk]


def of_key(_world: World) -> list[Any]:
    return [jwk_of(public_key_of(settings.CREDENTIAL_PRIVATE_KEY))["kid"]]


DOORS = {
    "members:certifications": personal(nothing),
    "members:certificate_name": hidden(lambda w: [certification(w).pk], post=True),
    # Nobody can guess the address: whoever has it was told it.
    "members:certificate": public(of_certificate),
    "members:certificate_badge": public(of_certificate),
    "members:certificate_token": public(of_certificate),
    "members:certificate_status": public(of_certificate),
    # The sheet to print has the name of its holder on it.
    "members:certificate_pdf": hidden(of_certificate),
    "members:issuer": public(of_space),
    "members:achievement": public(of_skill),
    "members:credential_key": public(of_key),
    "members:credential_keys": public(nothing),
    "booking:certify": staff(of_skill, post=True),
    "booking:space_skills": staff(of_space, post=True),
    "booking:space_skill": staff(of_skill, post=True),
    "booking:recognition": staff(of_space, post=True),
    "booking:right_take": staff(
        lambda w: [w.space.slug, GrantingRightFactory(space=w.space).pk], post=True
    ),
    "booking:certification_revoke": staff(lambda w: [w.space.slug, certification(w).pk], post=True),
    "booking:inductions": public(nothing),
    "booking:induction": public(of_induction),
    # Takes a seat for nobody but oneself.
    "booking:induction_join": Door(of_induction, LOGIN, 302, 302, post=True),
    "booking:induction_leave": hidden(of_induction, post=True),
    "booking:space_inductions": staff(of_space),
    "booking:induction_new": staff(of_space, post=True),
    "booking:space_induction": staff(lambda w: [w.space.slug, *of_induction(w)], post=True),
}
