"""Certifying people, taking certifications back, and saying who may do so."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from members.lasting import earlier, months_after
from members.models import (
    Certification,
    GrantingRight,
    Member,
    Recognition,
    Skill,
    SkillTerms,
)
from members.notices import certified, revoked
from members.queries import terms_of
from spaces.models import Space


@transaction.atomic
def grant(
    *,
    member: Member,
    skill: Skill,
    space: Space,
    by: Member,
    now: datetime,
    start_date: date | None = None,
) -> Certification:
    """Certify `member` for as long as the terms of `space` say, and tell them so.

    Whoever has the skill already keeps the older certification beside the new one.
    """
    row = record(
        member=member,
        skill=skill,
        space=space,
        by=by,
        granted_at=now,
        start_date=start_date or now.astimezone(space.zone).date(),
    )
    certified(row, now=now)
    return row


@transaction.atomic
def record(
    *,
    member: Member,
    skill: Skill,
    space: Space,
    by: Member | None,
    granted_at: datetime,
    start_date: date,
) -> Certification:
    """Certify `member` like `grant`, and tell nobody: it was so already, elsewhere."""
    terms = terms_of(space, skill)
    expiry = months_after(start_date, terms.validity_months)
    return Certification.objects.create(
        member=member,
        skill=skill,
        space=space,
        start_date=start_date,
        end_date=earlier(expiry, months_after(start_date, terms.disuse_months)),
        expiry_date=expiry,
        disuse_months=terms.disuse_months,
        granted_by=by,
        created_at=granted_at,
    )


@transaction.atomic
def revoke(
    *, certification: Certification, by: Member, reason: str, now: datetime
) -> Certification:
    """Let `certification` count no more, and tell its holder why; revoking twice does nothing."""
    rows = Certification.objects.select_for_update(of=("self",))
    row = rows.select_related("member", "skill", "space").get(pk=certification.pk)
    if row.revoked_at is None:
        row.revoked_at, row.revoked_by, row.revoke_reason = now, by, reason
        row.save(update_fields=["revoked_at", "revoked_by", "revoke_reason"])
        revoked(row, by=by, now=now)
    return row


def show_name(*, certification: Certification, shows: bool) -> None:
    """Let the public page of a certification tell whose it is, or not."""
    Certification.objects.filter(pk=certification.pk).update(shows_name=shows)


@transaction.atomic
def give_right(
    *, member: Member, skill: Skill, space: Space, by: Member, now: datetime
) -> GrantingRight:
    """Let `member` certify others in `skill` for `space`; who may already goes on doing so."""
    right, _is_new = GrantingRight.objects.get_or_create(
        member=member,
        skill=skill,
        space=space,
        revoked_at=None,
        defaults={"granted_by": by, "created_at": now},
    )
    return right


def take_right(*, right: GrantingRight, by: Member, now: datetime) -> None:
    """Let somebody certify others no more; what they have granted stands."""
    GrantingRight.objects.standing().filter(pk=right.pk).update(revoked_at=now, revoked_by=by)


@transaction.atomic
def recognise(*, space: Space, others: Collection[Space], everybody: bool) -> None:
    """Count in `space` what these spaces certify, or what every space does, and nothing else."""
    wanted = {None} if everybody else {other.pk for other in others if other.pk != space.pk}
    keep = Q(granted_in__in=wanted - {None})
    if None in wanted:
        keep |= Q(granted_in=None)
    Recognition.objects.filter(space=space).exclude(keep).delete()
    for pk in wanted:
        Recognition.objects.get_or_create(space=space, granted_in_id=pk)


def name_skill(*, name: str, slug: str) -> Skill:
    """Have a new skill, whose address no other has."""
    return Skill.objects.create(name=name, slug=slug)


def save_terms(*, terms: SkillTerms) -> SkillTerms:
    """Keep what a space asks of a skill; what was granted before keeps its dates."""
    terms.save()
    return terms
