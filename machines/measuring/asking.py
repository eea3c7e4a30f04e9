"""What a search asks for in numbers, and the words that are left to be looked for."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from machines.measuring.names import (
    DIMENSIONS,
    IS_ALSO,
    SERVES,
    UNNAMED,
    Material,
    Measurable,
    Named,
    materials_named,
    specs_named,
)
from machines.measuring.quantities import TIMES, Dimension, Measured, measured_in, plain
from machines.measuring.reading import area_of


class Sign(StrEnum):
    """How what a machine has must stand to what is asked for."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOUT = "about"


USUAL = {
    Measurable.NOZZLE: Sign.ABOUT,
    Measurable.FILAMENT: Sign.ABOUT,
    Measurable.VOLTAGE: Sign.ABOUT,
    # Who asks for layers of 0.1 mm needs a machine that can lay them as thin.
    Measurable.LAYER: Sign.AT_MOST,
}
"""What is meant where no sign is written; at least, for the others."""

SIGNS = {
    Sign.AT_LEAST: (
        r"≥|>=?|min\.?|at least|from|over|more than|mindestens|ab|uber|mehr als|au moins|des"
        r"|plus de|almeno|da|oltre|piu di"
    ),
    Sign.AT_MOST: (
        r"≤|<=?|max\.?|at most|under|less than|hochstens|unter|weniger als|au plus|moins de"
        r"|al massimo|meno di"
    ),
    Sign.ABOUT: r"=|about|exactly|etwa|genau|environ|exactement|circa|esattamente",
}
SIGN = re.compile(
    r"(?:^|(?<=\W))(?:" + "|".join(f"(?P<{key}>{said})" for key, said in SIGNS.items()) + r")\s*$"
)
FILLING = (
    r"that|which|who|can|could|with|for|of|in|a|an|at|the|to|thick|from|up"
    r"|die|der|das|mit|fur|von|aus|kann|dick|dickes|ein|eine|einen|bis|auf"
    r"|qui|que|avec|pour|de|du|des|d|l|en|un|une|peut|jusqu"
    r"|che|con|per|di|da|uno|una|puo|fino|spesso"
)
"""Words that hold a sentence together; nobody looks for a machine by them."""
JOINING = r"and|und|et|e"
"""Behind these something else begins."""
BETWEEN = re.compile(rf"(?:\s|[’':,]|\b(?:{FILLING})\b)*")
WORD = re.compile(r"[^\s,;]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One thing that a machine must have, in the unit that is kept."""

    key: Measurable
    sign: Sign
    value: Decimal
    material: str = ""

    @property
    def keys(self) -> tuple[Measurable, ...]:
        """What serves it."""
        return IS_ALSO.get(self.key, (self.key,))

    @property
    def materials(self) -> tuple[str, ...]:
        """On which of them it must hold; none: on any."""
        return SERVES.get(Material(self.material), (self.material,)) if self.material else ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A search, understood: what must hold in numbers, and the words that must be found."""

    wishes: tuple[Wish, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a number stands: between its neighbours (`start`, `end`), with its sign from `left`."""

    text: str
    start: int
    left: int
    right: int
    end: int


@dataclass(frozen=True, slots=True)
class _Part:
    """What a number and the words around it ask for, and where all of that stands."""

    wishes: list[Wish]
    taken: list[tuple[int, int]]


def asked(text: str) -> Asked:
    """What a search asks for. Without a number with a unit all of it is words, as they stand."""
    lowered, found = plain(text), list(measured_in(text))
    specs, materials = specs_named(lowered), materials_named(lowered)
    ends = [0, *(each.end for each in found)]
    starts = [*(each.start for each in found), len(text)]
    wishes: list[Wish] = []
    taken: list[tuple[int, int]] = []
    for at, measured in enumerate(found):
        place = _Place(lowered, ends[at], measured.start, measured.end, starts[at + 1])
        free = [
            [each for each in names if _span(each) not in taken] for names in (specs, materials)
        ]
        if part := _part(measured, place, *free):
            wishes += part.wishes
            taken += part.taken
    if any(wish.key == Measurable.CUTS for wish in wishes):
        # "… der 6 mm Acryl schneidet": the verb stands where its language wants it.
        taken += [_span(each) for each in specs if each.key == Measurable.CUTS]
    return Asked(tuple(wishes), tuple(_left(text, taken)))


def _part(
    measured: Measured, place: _Place, specs: Sequence[Named], materials: Sequence[Named]
) -> _Part | None:
    """The reading of a number by the words between its neighbours; None where none fits."""
    sign = SIGN.search(place.text[place.start : place.left])
    if sign:
        place = replace(place, left=place.start + sign.start())
    # "nozzle 0.4 mm", but "6 mm acrylic"; the other way round where nothing stands there.
    spec = _before(specs, place) or _behind(specs, place)
    material = _behind(materials, place, spec) or _before(materials, place, spec)
    key = _key(measured, spec, material)
    if key is None:
        return None
    told = Sign(sign.lastgroup) if sign and sign.lastgroup else USUAL.get(key, Sign.AT_LEAST)
    taken = [(place.left, place.right)]
    if spec and DIMENSIONS[Measurable(spec.key)] == measured.dimension:
        taken.append(_span(spec))
    if material and key == Measurable.CUTS:
        taken.append(_span(material))
        return _Part(_wishes(measured, key, told, material.key), taken)
    return _Part(_wishes(measured, key, told, ""), taken)


def _key(measured: Measured, spec: Named | None, material: Named | None) -> Measurable | None:
    """What the number is about: what is named beside it, else what it can only be."""
    named = Measurable(spec.key) if spec else None
    if named and DIMENSIONS[named] != measured.dimension:
        named = None
    if measured.dimension != Dimension.LENGTH:
        return named or UNNAMED.get(measured.dimension)
    if measured.joint == TIMES:
        return Measurable.LENGTH
    if material and named is None:
        return Measurable.CUTS
    return named or Measurable.LENGTH


def _before(names: Sequence[Named], place: _Place, beside: Named | None = None) -> Named | None:
    """The last name before a number, with only filling, or what is understood already, between."""
    for each in reversed(names):
        if place.start <= each.start and each.end <= place.left:
            return each if _is_filling(place.text, each.end, place.left, beside) else None
    return None


def _behind(names: Sequence[Named], place: _Place, beside: Named | None = None) -> Named | None:
    """The first name behind a number, in the same way."""
    for each in names:
        if place.right <= each.start and each.end <= place.end:
            return each if _is_filling(place.text, place.right, each.start, beside) else None
    return None


def _span(named: Named) -> tuple[int, int]:
    return named.start, named.end


def _is_filling(text: str, first: int, last: int, beside: Named | None) -> bool:
    gap = text[first:last]
    if beside and first <= beside.start and beside.end <= last:
        gap = f"{text[first : beside.start]} {text[beside.end : last]}"
    return BETWEEN.fullmatch(gap) is not None


def _wishes(measured: Measured, key: Measurable, sign: Sign, material: str) -> list[Wish]:
    if key == Measurable.LENGTH:
        sides = area_of(measured)
        return [Wish(key=each, sign=sign, value=side) for each, side in sides if side]
    value = min(measured.values) if sign == Sign.AT_MOST else max(measured.values)
    return [Wish(key=key, sign=sign, value=value, material=material)]


def _left(text: str, taken: Sequence[tuple[int, int]]) -> Iterator[str]:
    """The words of a text that stand for themselves."""
    lowered = plain(text)
    for found in WORD.finditer(text):
        start, end = found.span()
        if any(first < end and start < last for first, last in taken):
            continue
        word = lowered[start:end].strip(".,;:’'")
        if taken and (not word or re.fullmatch(f"{FILLING}|{JOINING}", word)):
            continue
        yield found[0]
