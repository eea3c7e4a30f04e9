"""Files from their upload to what became of them; a worker imports them in between."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from machines.models import Change, ImportDraft
from machines.sheets.rows import Problem
from machines.states import BEFORE_IMPORT, DraftState, FilePurpose
from members.models import Member
from notifications.states import retry_after
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


class TakenOver(Exception):
    """Another worker has taken the file since, or it is gone: what became of it is told there."""


def take(draft: ImportDraft, *, now: datetime) -> None:
    """Count a try of what waits, and put the next one off: most of what fails passes by itself.

    Another worker may take it after that, while this one goes on without knowing that it lost its
    turn; only who took it last may say what became of it.
    """
    attempts = draft.attempts + 1
    draft.attempts, draft.asked_at, draft.done = attempts, now + retry_after(attempts), 0
    draft.save(update_fields=["attempts", "asked_at", "done"])


def settle(
    draft: ImportDraft,
    *,
    is_written: bool,
    counts: Mapping[Any, int],
    rejected: Sequence[Problem],
    rejected_count: int,
    change: Change | None,
) -> None:
    """Write down what became of it, in the transaction of the import; the file itself goes.

    Raises TakenOver.
    """
    outcome = {
        "counts": {str(name): count for name, count in counts.items()},
        "rejected": [
            {name: getattr(each, name) for name in ("line", "column", "value", "message")}
            for each in rejected[:REJECTED_KEPT]
        ],
        "rejected_count": rejected_count,
        "change": change.pk if change else None,
    }
    if is_written:
        ended = _ours(draft).update(state=DraftState.DONE, content=b"", outcome=outcome)
    else:
        ended = _ours(draft).update(state=DraftState.REFUSED, outcome=outcome)
    if not ended:
        raise TakenOver


def give_up(draft: ImportDraft, problem: str = "") -> None:
    """Leave it as it is: it cannot be imported."""
    _ours(draft).update(state=DraftState.FAILED, content=b"", outcome={"problem": problem})


def _ours(draft: ImportDraft) -> QuerySet[ImportDraft]:
    """The row of `draft`, unless another worker has taken it since."""
    return ImportDraft.objects.filter(
        pk=draft.pk, state=DraftState.WAITING, asked_at=draft.asked_at
    )


def forget_drafts(*, now: datetime) -> None:
    """Delete what anybody left lying for longer than DRAFTS_KEPT."""
    left = Q(created_at__lt=now - DRAFTS_KEPT) & ~Q(state=DraftState.WAITING)
    ImportDraft.objects.filter(left).delete()
