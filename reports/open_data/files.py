"""The files of open data: made once, kept for minutes, the same bytes for everybody."""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils.translation import get_language

from reports.open_data import catalogue, dcat, figures, openings, spaceapi
from reports.open_data.places import Asked, Json, graph
from spaces.tables import guarded

FRESH = timedelta(minutes=5)
KEPT = timedelta(days=30)

MEDIA = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "jsonld": "application/ld+json",
}


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is sent; `since` is when it last came to say something else."""

    content: bytes
    etag: str
    since: datetime
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Dataset:
    """Lines for JSON and CSV, and nodes for JSON-LD."""

    columns: tuple[str, ...]
    rows: Callable[[Asked], list[Json]]
    nodes: Callable[[Asked], list[Json]]


DATASETS = {
    "machines": Dataset(
        ("space", "id", "name", "category", "category_name", "make", "model", "description",
         "materials", "work_area", "skills", "specs", "photo", "url"),
        catalogue.rows,
        catalogue.nodes,
    ),
    "openings": Dataset(
        ("space", "kind", "starts_at", "ends_at", "reason"), openings.rows, openings.nodes
    ),
    "figures": Dataset(
        ("space", "month", "level", "key", "name", "opening_h", "available_h", "used_h",
         "booked_h", "use_rate", "booked_rate", "people_at_least", "hidden"),
        figures.rows,
        figures.nodes,
    ),
}  # fmt: skip

DOCUMENTS: Mapping[tuple[str, str], Callable[[Asked], Json]] = {
    ("spaceapi", "json"): spaceapi.status,
    ("dcat", "jsonld"): dcat.catalogue,
}
"""What is no list of lines."""

WHOLE = {("dcat", "jsonld")}
"""What there is of all spaces together only."""

OWN = {("spaceapi", "json")}
"""What there is of one space only."""


def is_there(name: str, form: str, *, of_one: bool) -> bool:
    """Whether there is such a file, of one space or of all of them."""
    if (name, form) in DOCUMENTS:
        return (name, form) not in (WHOLE if of_one else OWN)
    return name in DATASETS and form in MEDIA


def file_of(name: str, form: str, asked: Asked) -> File:
    """The file of an existing name and form, at most FRESH old."""
    key = _key(name, form, asked)
    kept: File | None = cache.get(key)
    if kept is not None and asked.now - kept.made_at < FRESH:
        return kept
    # The hash is of what is said, not of when it was said.
    said = _said(name, form, asked)
    etag = hashlib.sha256(json.dumps([said, asked.licences], default=str).encode()).hexdigest()[:32]
    since = kept.since if kept is not None and kept.etag == etag else asked.now
    file = File(_written(name, form, said, asked, since), etag, since, asked.now)
    cache.set(key, file, KEPT.total_seconds())
    return file


def _key(name: str, form: str, asked: Asked) -> str:
    spaces = "-".join(f"{each.space_id}.{each.changed_at.timestamp()}" for each in asked.settings)
    digest = hashlib.sha256(spaces.encode()).hexdigest()[:16]
    return f"open-data:{name}:{form}:{get_language()}:{digest}"


def _said(name: str, form: str, asked: Asked) -> Json | list[Json]:
    if (name, form) in DOCUMENTS:
        return DOCUMENTS[name, form](asked)
    dataset = DATASETS[name]
    return dataset.nodes(asked) if form == "jsonld" else dataset.rows(asked)


def _written(name: str, form: str, said: Json | list[Json], asked: Asked, since: datetime) -> bytes:
    if isinstance(said, dict):
        return _json(said)
    if form == "csv":
        return _csv(DATASETS[name].columns, said)
    if form == "jsonld":
        return _json({**graph(said, asked.licences), "dateModified": since.isoformat()})
    return _json({"licence": [*asked.licences], "updated_at": since.isoformat(), "items": said})


def _json(content: Json) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _csv(columns: Sequence[str], rows: Sequence[Json]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_cell(row[column]) for column in columns] for row in rows)
    return text.getvalue().encode()


def _cell(value: object) -> object:
    """One cell: nothing for what is hidden or unknown, a list in words, no formulas."""
    if isinstance(value, list):
        value = "; ".join(
            " ".join(str(part) for part in each.values() if part)
            if isinstance(each, dict)
            else str(each)
            for each in value
        )
    return guarded(value) if isinstance(value, str) else value
