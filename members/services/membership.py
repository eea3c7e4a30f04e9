"""What members say about themselves, and the moment from which an account is theirs."""

from allauth.account.models import EmailAddress
from django.db import transaction

from members.models import Member


def change_profile(*, member: Member, name: str, language: str, timezone: str) -> Member:
    """Keep how `member` is called, is written to, and which clock is shown beside a space's."""
    member.name = name
    member.language = language
    member.timezone = timezone
    member.save(update_fields=["name", "language", "timezone"])
    return member


@transaction.atomic
def wake(*, member: Member, password: str) -> Member:
    """Give an account that slept to whoever has shown that they read its mails.

    What a file told of them is theirs from now on. Who is awake, or was shut out since, stays as
    they are.
    """
    row = Member.objects.select_for_update().get(pk=member.pk)
    if not row.is_asleep:
        return row
    row.set_password(password)
    row.is_active, row.is_asleep = True, False
    row.save(update_fields=["password", "is_active", "is_asleep"])
    EmailAddress.objects.update_or_create(
        user=row, email=row.email.lower(), defaults={"verified": True, "primary": True}
    )
    return row
