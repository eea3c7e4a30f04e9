"""What comes with a machine, as its staff sees it."""

from typing import Any

from django.db.models import QuerySet

from machines.models import Document, Machine, Photo
from machines.vocabulary import LANGUAGES


def photos_of(machine: Machine) -> QuerySet[Photo]:
    """The photos of `machine`, the cover first."""
    return machine.photos.order_by("position", "pk")


def photos_told(machine: Machine) -> list[dict[str, Any]]:
    """The photos of `machine` as its history tells them: enough to have them again."""
    return [
        {
            "photo": each.pk,
            "file": str(each.file.name),
            "small": str(each.small.name),
            "alts": {code: getattr(each, f"alt_{code}") or "" for code in LANGUAGES},
        }
        for each in photos_of(machine)
    ]


def history_of(document: Document) -> list[Document]:
    """The earlier versions of `document`, the newest first, in one query."""
    rows = document.machine.documents.exclude(ended_at=None).select_related("added_by")
    by_pk = {each.pk: each for each in rows}
    found, place = [], document.replaces_id
    while place in by_pk:
        older = by_pk[place]
        found.append(older)
        place = older.replaces_id
    return found


def taken_away(machine: Machine) -> QuerySet[Document]:
    """The documents of `machine` that were taken away and not replaced, the last first."""
    return (
        machine.documents.exclude(ended_at=None)
        .filter(replaced_by=None)
        .order_by("-ended_at", "-pk")
    )
