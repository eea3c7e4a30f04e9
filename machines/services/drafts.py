"""Files between their upload and their import."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from machines.models import ImportDraft
from machines.states import FilePurpose
from members.models import Member
from spaces.intervals import DAY
from spaces.models import Space

DRAFTS_KEPT = DAY
"""How long an upload that nobody confirmed is kept."""


@transaction.atomic
def store_draft(
    *,
    space: Space,
    member: Member,
    purpose: FilePurpose,
    filename: str,
    content: bytes,
    columns: dict[str, Any],
    now: datetime,
) -> ImportDraft:
    """Keep a file until it is imported; it takes the place of an earlier one of its purpose.

    Whatever anybody left lying for longer than DRAFTS_KEPT goes with it.
    """
    mine, left = Q(space=space, member=member, purpose=purpose), Q(created_at__lt=now - DRAFTS_KEPT)
    ImportDraft.objects.filter(mine | left).delete()
    return ImportDraft.objects.create(
        space=space,
        member=member,
        purpose=purpose,
        filename=filename[-200:],
        content=content,
        columns=columns,
        created_at=now,
    )
