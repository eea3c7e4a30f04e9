"""Files from their upload to what became of them; a worker imports them in between."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from machines.models import Change, ImportDraft
from machines.sheets.rows import Problem
from machines.states import BEFORE_IMPORT, DraftState, FilePurpose
from members.models import Member
from spaces.intervals import DAY
from spaces.models import Space

DRAFTS_KEPT = DAY
"""How long an upload is kept, and what became of it."""

REJECTED_KEPT = 300
"""How many rejected rows are told of one file; all are counted."""


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
    """Keep a file until it is imported; it takes the place of an earlier one that was not."""
    ImportDraft.objects.filter(
        space=space, member=member, purpose=purpose, state__in=BEFORE_IMPORT
    ).delete()
    forget_drafts(now=now)
    return ImportDraft.objects.create(
        space=space,
        member=member,
        purpose=purpose,
        filename=filename[-200:],
        content=content,
        columns=columns,
        created_at=now,
    )


def ask_for_import(
    draft: ImportDraft, *, good_rows_only: bool, language: str, now: datetime
) -> None:
    """Have a worker import it; whoever asks twice asks once."""
    ImportDraft.objects.filter(pk=draft.pk, state__in=BEFORE_IMPORT).update(
        state=DraftState.WAITING,
        good_rows_only=good_rows_only,
        language=language,
        attempts=0,
        asked_at=now,
        done=0,
        total=0,
    )


def reopen(draft: ImportDraft) -> None:
    """What kept it from being imported may hold no longer: it is read another way."""
    ImportDraft.objects.filter(pk=draft.pk, state__in=BEFORE_IMPORT).update(state=DraftState.OPEN)


def settle(
    draft: ImportDraft,
    *,
    is_written: bool,
    counts: Mapping[Any, int],
    rejected: Sequence[Problem],
    rejected_count: int,
    change: Change | None,
) -> None:
    """Write down what became of it, in the transaction of the import; the file itself goes."""
    draft.state = DraftState.DONE if is_written else DraftState.REFUSED
    if is_written:
        draft.content = b""
    draft.outcome = {
        "counts": {str(name): count for name, count in counts.items()},
        "rejected": [
            {name: getattr(each, name) for name in ("line", "column", "value", "message")}
            for each in rejected[:REJECTED_KEPT]
        ],
        "rejected_count": rejected_count,
        "change": change.pk if change else None,
    }
    draft.save(update_fields=["state", "content", "outcome"])


def give_up(draft: ImportDraft, problem: str = "") -> None:
    """Leave it as it is: it cannot be imported."""
    ImportDraft.objects.filter(pk=draft.pk).update(
        state=DraftState.FAILED, content=b"", outcome={"problem": problem}
    )


def forget_drafts(*, now: datetime) -> None:
    """Delete what anybody left lying for longer than DRAFTS_KEPT."""
    left = Q(created_at__lt=now - DRAFTS_KEPT) & ~Q(state=DraftState.WAITING)
    ImportDraft.objects.filter(left).delete()
