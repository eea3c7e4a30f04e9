"""What people have learned, and where it counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from members.lasting import state_on
from members.models import Certification, GrantingRight, Member, Skill, SkillTerms
from members.states import CertificateState
from spaces.models import Space

PARTS = ("member", "skill", "space", "granted_by", "revoked_by")


@dataclass(frozen=True, slots=True)
class Held:
    """A certification, and what it is worth today."""

    row: Certification
    state: CertificateState

    @property
    def is_valid(self) -> bool:
        """Whether it counts today."""
        return self.state == CertificateState.VALID


def held_today(rows: Iterable[Certification], now: datetime) -> list[Held]:
    """What each of `rows` is worth, by the day in the space that granted it."""
    return [Held(row, state_of(row, now)) for row in rows]


def state_of(row: Certification, now: datetime) -> CertificateState:
    """What `row` is worth at `now`; `space` should be loaded."""
    return state_on(
        _day_of(row, now),
        start=row.start_date,
        end=row.end_date,
        is_revoked=row.revoked_at is not None,
    )


def certifications_of(member: Member) -> QuerySet[Certification]:
    """All that `member` was ever certified for, the newest first, in one query."""
    rows = member.certifications.select_related(*PARTS)
    return rows.order_by("-start_date", "-pk")


def certifications_in(space: Space, skill: Skill) -> QuerySet[Certification]:
    """Who was ever certified for `skill`, as far as it counts in `space`, in one query."""
    rows = Certification.objects.counting_in(space).filter(skill=skill)
    return rows.select_related(*PARTS).order_by("member__name", "member__pk", "-start_date", "-pk")


def rights_of(member: Member) -> QuerySet[GrantingRight]:
    """In what, and for which spaces, `member` may certify others."""
    rows = member.granting_rights.standing()
    return rows.select_related("skill", "space").order_by("space__name", "skill__name")


def rights_in(space: Space, skill: Skill) -> QuerySet[GrantingRight]:
    """Who may certify others in `skill` for `space`, and who could once."""
    rows = GrantingRight.objects.filter(space=space, skill=skill)
    parts = rows.select_related("member", "granted_by", "revoked_by")
    return parts.order_by("revoked_at", "member__name", "pk")


def terms_of(space: Space, skill: Skill) -> SkillTerms:
    """What `space` asks of `skill`; without a row of it nothing ends."""
    found = SkillTerms.objects.filter(space=space, skill=skill).first()
    terms = found or SkillTerms(skill=skill)
    terms.space = space
    return terms


def _day_of(row: Certification, now: datetime) -> date:
    return now.astimezone(row.space.zone).date() if row.space else now.date()
