"""The texts that spaces word themselves: kept, taken back, and found when a message goes out."""

from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from notifications.adapting import Wording
from notifications.fields import TextFaulty, faults_of
from notifications.models import Message, MessageText
from notifications.models.text import MessageTextQuerySet
from notifications.offered import BLOCKS, fields_of, subject_fields_of
from notifications.samples import SAMPLES
from spaces.prepared import Prepared, given

_LATEST: Prepared[MessageText] = Prepared(
    lambda: MessageText.objects.filter(
        space_key=given("space_key"), kind=given("kind"), language=given("language")
    )[:1]
)


def wording_of(message: Message, language: str) -> Wording | None:
    """How the space of `message` words its kind in `language`; None where the house's words hold.

    In one query, and in none for what is of no space.
    """
    sample = SAMPLES.get(message.kind)
    if sample is None or not sample.is_of_space or not message.space_key:
        return None
    return wording_in(space_key=message.space_key, kind=message.kind, language=language)


def wording_in(*, space_key: str, kind: str, language: str) -> Wording | None:
    """How a space words a kind in a language; None where the house's words hold."""
    row = next(iter(_LATEST(space_key=space_key, kind=kind, language=language)), None)
    return Wording(subject=row.subject, text=row.text) if row and row.text else None


def history_of(*, space_key: str, kind: str, language: str) -> MessageTextQuerySet:
    """Every change, the latest first, with who made it."""
    rows = MessageText.objects.filter(space_key=space_key, kind=kind, language=language)
    return rows.select_related("changed_by")


def adapted_in(space_key: str) -> set[tuple[str, str]]:
    """The kinds and languages that a space words itself."""
    latest = MessageText.objects.filter(space_key=space_key).latest_each()
    return {(row.kind, row.language) for row in latest if row.text}


@transaction.atomic
def adapt(
    *,
    space_key: str,
    kind: str,
    language: str,
    wording: Wording,
    by: AbstractBaseUser,
    now: datetime,
) -> None:
    """Let a space say a kind in its own words from now on; the same words again change nothing.

    Raises TextFaulty for words that could not be filled.
    """
    faults = [
        *faults_of(wording.subject, known=subject_fields_of(kind)),
        *faults_of(wording.text, known=fields_of(kind), blocks=BLOCKS),
    ]
    if faults:
        raise TextFaulty(faults)
    if wording != wording_in(space_key=space_key, kind=kind, language=language):
        MessageText.objects.create(
            space_key=space_key,
            kind=kind,
            language=language,
            subject=wording.subject,
            text=wording.text,
            changed_by_id=by.pk,
            changed_at=now,
        )


@transaction.atomic
def reset(*, space_key: str, kind: str, language: str, by: AbstractBaseUser, now: datetime) -> None:
    """Let the house's words hold again; what the space said stays in the history."""
    about = {"space_key": space_key, "kind": kind, "language": language}
    if wording_in(**about) is not None:
        MessageText.objects.create(**about, changed_by_id=by.pk, changed_at=now)
