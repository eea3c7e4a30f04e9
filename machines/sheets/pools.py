"""Which machines of an inventory are interchangeable, as far as their rows tell."""

import re
from collections.abc import Iterable, Sequence

from machines.sheets.rows import Record
from machines.vocabulary import NUMBERED_MODELS, SIDES, folded

HIGHEST_UNIT = 99


def pools_of(records: Sequence[Record]) -> dict[str, str]:
    """The name of the pool of each key that belongs in one.

    Units are told by a number or a side behind one name ("Mini 1", "Mini 2"; "links",
    "Mitte"), by one name standing twice in a room, or by one model under several names.
    """
    groups: dict[tuple[str, ...], list[tuple[Record, str]]] = {}
    for record in records:
        for sign in _signs(record):
            groups.setdefault(sign[:-1], []).append((record, sign[-1]))
    pools: dict[str, str] = {}
    for group, members in groups.items():
        rest = [(record, name) for record, name in members if record.key not in pools]
        if len(rest) < 2 or (group[0] == "number" and not _begins_at_one(rest)):  # noqa: PLR2004
            continue
        name = _free_name(rest[0][1], rest[0][0].room or "", pools.values())
        pools |= {record.key: name for record, _name in rest}
    return pools


def _signs(record: Record) -> Iterable[tuple[str, ...]]:
    """What would make it a unit among others, and how the pool would be called."""
    category, room = record.category[0], folded(record.room or "")
    stem, label = split_unit(record.name)
    kind = "side" if label in SIDES else "number"
    if label:
        yield kind, category, room, folded(stem), folded(record.model or ""), stem
    yield "name", category, room, folded(record.name), folded(record.model or ""), record.name
    if record.model:
        title = " ".join(part for part in (record.make, record.model) if part)
        yield "model", category, room, folded(record.make or ""), folded(record.model), title


def split_unit(name: str) -> tuple[str, str]:
    """A name without its unit, and the unit: a small number, a letter or a side; else ""."""
    plain = re.sub(r"\s*\([^)]*\)\s*$", "", name)
    found = re.fullmatch(r"(.*[^\W_])[\s_-]+(?:(?:nr|no|n°|#)\.?\s*)?#?(\w+)", plain, re.IGNORECASE)
    if not found:
        return name, ""
    stem, label = found[1], folded(found[2])
    is_count = label.isdecimal() and int(label) <= HIGHEST_UNIT
    if label in SIDES or (is_count and folded(stem) not in NUMBERED_MODELS):
        return stem, label
    return name, ""


def _begins_at_one(members: list[tuple[Record, str]]) -> bool:
    """Units are counted from one; larger numbers alone tell a model."""
    labels = [int(split_unit(record.name)[1]) for record, _name in members]
    return 1 in labels and len(set(labels)) == len(labels)


def _free_name(name: str, room: str, taken: Iterable[str]) -> str:
    """A name that no other pool has."""
    names = set(taken)
    name = name[:90]
    if name in names and room:
        name = f"{name} ({room[:20]})"
    count, free = 1, name
    while free in names:
        count += 1
        free = f"{name} {count}"
    return free
