"""Who acts for a company: invited by e-mail, accepted by the person, changed and removed.

Known and unknown addresses take the same road, so that nobody learns who has an account.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from members.models import Company, Delegate, Invitation, Member
from members.states import DelegateKind
from notifications import outbox
from notifications.models import Message

INVITED = "company_invitation"
INVITED_FOR = timedelta(days=30)
"""After this a mail that was not sent is no help any more."""


class LastAdministrator(Exception):
    """The company would be left without anybody who may say who acts for it."""


@transaction.atomic
def found_company(*, name: str, email: str, by: Member, now: datetime) -> Company:
    """Make a company, and ask the owner of `email` to administer it."""
    company = Company.objects.create(name=name, slug=_free_slug(name))
    invite(company=company, email=email, kind=DelegateKind.ADMIN, by=by, now=now)
    return company


@transaction.atomic
def invite(
    *, company: Company, email: str, kind: DelegateKind, by: Member, now: datetime
) -> Invitation:
    """Ask the owner of `email` to act for `company`; asking again changes the kind.

    Raises ValidationError for somebody who acts for it already.
    """
    if company.delegates.filter(member__email__iexact=email).exists():
        raise ValidationError({"email": _("This person acts for the company already.")})
    found = company.invitations.filter(email__iexact=email).first()
    row = found or Invitation(company=company, email=email)
    row.kind, row.created_at, row.created_by = kind, now, by
    row.save()
    outbox.post(_message(row, by=by, now=now))
    return row


@transaction.atomic
def accept(*, invitation: Invitation, member: Member) -> Delegate:
    """Let `member`, whose address was invited, act for the company."""
    delegate, _is_new = Delegate.objects.get_or_create(
        company=invitation.company, member=member, defaults={"kind": invitation.kind}
    )
    withdraw(invitation=invitation)
    return delegate


@transaction.atomic
def withdraw(*, invitation: Invitation) -> None:
    """Forget an invitation that was called back or declined."""
    outbox.withdraw(subject_key=_key(invitation))
    invitation.delete()


@transaction.atomic
def change_kind(*, delegate: Delegate, kind: DelegateKind) -> Delegate:
    """Change what `delegate` may do; raises LastAdministrator."""
    row = _locked(delegate)
    if kind != DelegateKind.ADMIN:
        _keep_an_administrator(row)
    row.kind = kind
    row.save(update_fields=["kind"])
    return row


@transaction.atomic
def remove(*, delegate: Delegate) -> None:
    """Let `delegate` act for the company no more; raises LastAdministrator."""
    row = _locked(delegate)
    _keep_an_administrator(row)
    row.delete()


def _locked(delegate: Delegate) -> Delegate:
    """The row as it is now; two administrators cannot remove each other at once."""
    Company.objects.select_for_update().get(pk=delegate.company_id)
    return Delegate.objects.select_related("company").get(pk=delegate.pk)


def _keep_an_administrator(delegate: Delegate) -> None:
    others = delegate.company.delegates.administering().exclude(pk=delegate.pk)
    if delegate.kind == DelegateKind.ADMIN and not others.exists():
        raise LastAdministrator


def _message(invitation: Invitation, *, by: Member, now: datetime) -> Message:
    address = invitation.email
    reader = Member.objects.filter(email__iexact=address, is_active=True).first()
    page = reverse("members:companies")
    door = page if reader else f"{reverse('account_signup')}?next={page}"
    return outbox.draft(
        recipient=reader,
        address=address,
        kind=INVITED,
        subject_key=_key(invitation),
        dedupe_key=f"{INVITED}:{invitation.pk}:{now.isoformat()}",
        context={
            "company": invitation.company.name,
            "kind": invitation.kind,
            "by": str(by),
            "language": reader.language if reader else settings.LANGUAGE_CODE,
            "has_account": reader is not None,
            "url": settings.BASE_URL + door,
        },
        send_after=now,
        expires_at=now + INVITED_FOR,
    )


def _key(invitation: Invitation) -> str:
    return f"invitation:{invitation.pk}"


def _free_slug(name: str) -> str:
    """An address that no company has."""
    wanted = slugify(name)[:40] or "company"
    taken = set(Company.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    number, slug = 1, wanted
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug
