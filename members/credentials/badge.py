"""A certification as an Open Badges 3.0 credential (1EdTech, on the W3C's data model 2.0).

https://www.imsglobal.org/spec/ob/v3p0, "JSON Web Token Proof Format": the claims stand beside
what the credential says, and must agree with it. A `vc` claim around it would be data model 1.1.
"""

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Any

from members.models import Certification, Skill, SkillTerms
from members.notices import certificate_address, page
from spaces.intervals import local_day
from spaces.models import Space

CONTEXT = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
]


def issuer_of(space: Space) -> dict[str, Any]:
    """Who certifies: the space, at an address of ours."""
    profile: dict[str, Any] = {
        "id": page("issuer", space.slug),
        "type": ["Profile"],
        "name": space.name,
    }
    if space.website:
        profile["url"] = space.website
    return profile


def achievement_of(skill: Skill, terms: SkillTerms) -> dict[str, Any]:
    """What was learned, and what it took; a space that says no more says its name."""
    name = str(skill)
    return {
        "id": page("achievement", terms.space.slug, skill.slug),
        "type": ["Achievement"],
        "achievementType": "Certification",
        "name": name,
        "description": terms.criteria or name,
        "criteria": {"narrative": terms.criteria or name},
    }


def credential_of(
    certification: Certification, *, space: Space, terms: SkillTerms
) -> dict[str, Any]:
    """All that the credential of a certification says; the name only where its holder allows it."""
    address = certificate_address(certification)
    email = certification.member.email.lower()
    salt = certification.key.hex
    proof_of_email = hashlib.sha256((email + salt).encode()).hexdigest()
    subject: dict[str, Any] = {
        "id": f"{address}#holder",
        "type": ["AchievementSubject"],
        "identifier": [
            {
                "type": "IdentityObject",
                "identityType": "emailAddress",
                "hashed": True,
                "identityHash": f"sha256${proof_of_email}",
                "salt": salt,
            }
        ],
        "achievement": achievement_of(certification.skill, terms),
    }
    if certification.shows_name:
        subject["identifier"].append(
            {
                "type": "IdentityObject",
                "identityType": "name",
                "hashed": False,
                "identityHash": str(certification.member),
            }
        )
    told: dict[str, Any] = {
        "@context": CONTEXT,
        "id": address,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": str(certification.skill),
        "issuer": issuer_of(space),
        "validFrom": _written(_first_moment(certification.start_date, space)),
        "credentialSubject": subject,
        "credentialStatus": {
            "id": page("certificate_status", certification.key),
            "type": "1EdTechRevocationList",
        },
    }
    if certification.end_date is not None:
        told["validUntil"] = _written(_last_moment(certification.end_date, space))
    return told


def claims_of(
    certification: Certification, credential: dict[str, Any], space: Space
) -> dict[str, Any]:
    """What the token holds: the credential, and its claims as tokens tell them."""
    told = {
        **credential,
        "iss": credential["issuer"]["id"],
        "jti": credential["id"],
        "sub": credential["credentialSubject"]["id"],
        "nbf": int(_first_moment(certification.start_date, space).timestamp()),
    }
    if certification.end_date is not None:
        told["exp"] = int(_last_moment(certification.end_date, space).timestamp())
    return told


def status_of(certification: Certification, space: Space) -> dict[str, Any]:
    """The list of revoked credentials, in which this one is or is not.

    Each credential has a list of its own: one of all would tell everybody everybody's address.
    """
    revoked = []
    if certification.revoked_at is not None:
        revoked.append({"id": certificate_address(certification), "revoked": True})
    return {
        "id": page("certificate_status", certification.key),
        "issuer": page("issuer", space.slug),
        "revokedCredentials": revoked,
    }


def _first_moment(day: date, space: Space) -> datetime:
    return local_day(day, space.zone).start


def _last_moment(day: date, space: Space) -> datetime:
    """The last second of a day that is included."""
    return local_day(day, space.zone).end - timedelta(seconds=1)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
