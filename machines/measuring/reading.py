"""What the lines of a sheet say in numbers."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from machines.measuring.names import (
    AREA,
    DIMENSIONS,
    UNNAMED,
    Measurable,
    materials_named,
    specs_named,
)
from machines.measuring.quantities import KEPT_IN, OR, TIMES, TO, Measured, measured_in, plain

NOTHING = Decimal(0)
PARTS = re.compile(r"[,;|\n•]|\.\s|\b(?:und|and|et|e|sowie)\b")
"""Between what is said of one material and of the next."""


@dataclass(frozen=True, slots=True, order=True)
class Measurement:
    """What a machine has or can do, from `low` to `high` in the unit that is kept."""

    key: Measurable
    material: str
    low: Decimal
    high: Decimal


def measurements_of(
    *, work_area: str, materials: str, lines: Iterable[tuple[str, str]]
) -> list[Measurement]:
    """All that the words of a sheet say in numbers; `lines` are names and values with units."""
    found = {*_area(work_area), *_thicknesses(plain(materials), "")}
    for name, value in lines:
        found |= set(line_measured(name, value))
    return sorted(found)


def line_measured(name: str, value: str) -> list[Measurement]:
    """What one line of a sheet says in numbers; nothing where it is not understood."""
    key, title = _key_of(name), plain(name)
    if key in AREA[:2]:
        return list(_area(value))
    if key == Measurable.CUTS or (key is None and materials_named(title)):
        named = materials_named(title)
        return list(_thicknesses(plain(value), named[0].key if named else ""))
    unit = KEPT_IN[DIMENSIONS[key]] if key else ""
    return [
        each for measured in measured_in(value, unit=unit) for each in _measurements(key, measured)
    ]


def area_of(measured: Measured) -> Iterator[tuple[Measurable, Decimal]]:
    """The sides of a work area; a machine can be walked around, so the longer one comes first."""
    flat, upright = sorted(measured.values[:2], reverse=True), measured.values[2:3]
    yield from zip(AREA, [*flat, *[NOTHING] * (2 - len(flat)), *upright], strict=False)


def _key_of(name: str) -> Measurable | None:
    named = specs_named(plain(name))
    return Measurable(named[0].key) if named else None


def _area(text: str) -> Iterator[Measurement]:
    """The first size in a text; a single length is one side of which the other is not known."""
    for measured in measured_in(text, unit="mm"):
        if DIMENSIONS[Measurable.LENGTH] == measured.dimension and measured.joint in {TIMES, ""}:
            for key, side in area_of(measured):
                if side:
                    yield Measurement(key, "", side, side)
            return


def _measurements(key: Measurable | None, measured: Measured) -> Iterator[Measurement]:
    key = key if key and DIMENSIONS[key] == measured.dimension else UNNAMED.get(measured.dimension)
    if key is None:
        if measured.joint == TIMES:
            yield from (Measurement(each, "", side, side) for each, side in area_of(measured))
        return
    if measured.joint == TO:
        yield Measurement(key, "", min(measured.values), max(measured.values))
    elif measured.joint in {OR, ""}:
        yield from (Measurement(key, "", value, value) for value in measured.values)


def _thicknesses(text: str, material: str) -> Iterator[Measurement]:
    """How thick it may be, material by material; `material` is the one that the line is about."""
    for part in _parts(text):
        named = materials_named(part)
        about = named[0].key if named else material
        lengths = [each for each in measured_in(part) if each.joint != TIMES]
        for measured in lengths[:1]:
            if about and measured.dimension == DIMENSIONS[Measurable.CUTS]:
                yield Measurement(Measurable.CUTS, about, NOTHING, max(measured.values))


def _parts(text: str) -> Iterator[str]:
    """The parts of a text; a comma inside a number is none between parts."""
    start = 0
    for found in PARTS.finditer(text):
        inside = text[max(found.start() - 1, 0) : found.end() + 1]
        if found[0] == "," and re.fullmatch(r"\d,\d", inside):
            continue
        yield text[start : found.start()]
        start = found.end()
    yield text[start:]
