"""The documents of machines: a new version replaces the old one, which is kept."""

from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction

from machines.models import Document, Machine
from members.models import Member


class DocumentEnded(ValueError):
    """Somebody else has replaced the document, or taken it away, in the meantime."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What staff says of a document."""

    title: str
    language: str = ""
    version: str = ""
    licence: str
    is_restricted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a document is: a file that came through `spaces.uploads`, or else an address."""

    file: "ContentFile[bytes] | None" = None
    url: str = ""


@transaction.atomic
def add_document(
    *, machine: Machine, paper: Paper, content: Content, by: Member, now: datetime
) -> Document:
    """Lay a document beside `machine`."""
    return _made(machine, paper, content, by, now)


@transaction.atomic
def replace_document(
    *, document: Document, paper: Paper, content: Content, by: Member, now: datetime
) -> Document:
    """Lay a new version in the place of `document`, which is kept. Raises DocumentEnded."""
    old = _locked(document)
    old.ended_at = now
    old.save(update_fields=["ended_at"])
    return _made(old.machine, paper, content, by, now, replaces=old)


@transaction.atomic
def change_document(*, document: Document, paper: Paper) -> Document:
    """Say something else of a document whose content stays. Raises DocumentEnded."""
    kept = _locked(document)
    for name in ("title", "language", "version", "licence", "is_restricted"):
        setattr(kept, name, getattr(paper, name))
    kept.save()
    return kept


@transaction.atomic
def end_document(*, document: Document, now: datetime) -> Document:
    """Take a document away from the page of its machine; staff finds it in its history.

    Raises DocumentEnded.
    """
    kept = _locked(document)
    kept.ended_at = now
    kept.save(update_fields=["ended_at"])
    return kept


def _locked(document: Document) -> Document:
    kept = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if kept.ended_at is not None:
        raise DocumentEnded
    return kept


def _made(
    machine: Machine,
    paper: Paper,
    content: Content,
    by: Member,
    now: datetime,
    *,
    replaces: Document | None = None,
) -> Document:
    return Document.objects.create(
        machine=machine,
        title=paper.title,
        language=paper.language,
        version=paper.version,
        licence=paper.licence,
        is_restricted=paper.is_restricted,
        file=content.file or "",
        url=content.url,
        replaces=replaces,
        added_by=by,
        added_at=now,
    )
