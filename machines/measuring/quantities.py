"""Numbers with a unit as people write them, and what they come to in ours."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Dimension(StrEnum):
    """What is measured; values of one dimension can be compared."""

    LENGTH = "length"
    POWER = "power"
    TEMPERATURE = "temperature"
    MASS = "mass"
    VOLTAGE = "voltage"
    TURNS = "turns"
    SPEED = "speed"
    RESOLUTION = "resolution"


@dataclass(frozen=True, slots=True)
class Unit:
    """How a value in this unit becomes one in the unit that is kept: (value + shift) × factor."""

    dimension: Dimension
    factor: Decimal = Decimal(1)
    shift: Decimal = Decimal(0)

    def kept(self, value: Decimal) -> Decimal:
        """The value in the unit of `KEPT_IN`."""
        return (value + self.shift) * self.factor


KEPT_IN = {
    Dimension.LENGTH: "mm",
    Dimension.POWER: "W",
    Dimension.TEMPERATURE: "°C",
    Dimension.MASS: "kg",
    Dimension.VOLTAGE: "V",
    Dimension.TURNS: "rpm",
    Dimension.SPEED: "mm/s",
    Dimension.RESOLUTION: "dpi",
}
"""The unit in which the values of a dimension are kept and compared."""

LARGEST = Decimal(10) ** 8
"""What the database can keep; a number beyond it is a slip of the pen."""

INCH = Decimal("25.4")
WRITTEN: tuple[tuple[Unit, tuple[str, ...]], ...] = (
    (Unit(Dimension.LENGTH), ("mm", "millimeter", "millimetre", "millimetres", "millimetri")),
    (Unit(Dimension.LENGTH, Decimal(10)), ("cm", "centimetre", "centimetres", "zentimeter")),
    (Unit(Dimension.LENGTH, Decimal(1000)), ("m", "meter", "metre", "metres", "metri")),
    (Unit(Dimension.LENGTH, Decimal("0.001")), ("µm", "μm", "um", "micron", "microns", "mikron")),
    (
        Unit(Dimension.LENGTH, INCH),
        ("in", "inch", "inches", '"', "″", "zoll", "pouce", "pouces", "pollici", "pollice"),
    ),
    (Unit(Dimension.LENGTH, INCH * 12), ("ft", "feet", "foot")),
    (Unit(Dimension.POWER), ("w", "watt", "watts")),
    (Unit(Dimension.POWER, Decimal(1000)), ("kw", "kilowatt", "kilowatts")),
    # The metric horsepower, 75 kp·m/s.
    (Unit(Dimension.POWER, Decimal("735.49875")), ("ps", "ch", "cv")),
    (Unit(Dimension.TEMPERATURE), ("°c", "° c", "ºc", "celsius")),
    (Unit(Dimension.TEMPERATURE, Decimal(5) / 9, Decimal(-32)), ("°f", "° f", "fahrenheit")),
    (Unit(Dimension.MASS), ("kg", "kilo", "kilos", "kilogramm")),
    (Unit(Dimension.MASS, Decimal("0.001")), ("g", "gramm", "grammes", "grammi")),
    (Unit(Dimension.MASS, Decimal(1000)), ("t", "tonne", "tonnes", "tonnen", "tonnellate")),
    (Unit(Dimension.VOLTAGE), ("v", "volt", "volts")),
    (Unit(Dimension.TURNS), ("rpm", "u/min", "tr/min", "giri/min", "1/min", "min-1")),
    (Unit(Dimension.SPEED), ("mm/s",)),
    (Unit(Dimension.SPEED, Decimal(1000)), ("m/s",)),
    (Unit(Dimension.SPEED, Decimal(1) / 60), ("mm/min",)),
    (Unit(Dimension.SPEED, Decimal(1000) / 60), ("m/min",)),
    (Unit(Dimension.RESOLUTION), ("dpi", "ppp")),
)
UNITS = {word: unit for unit, words in WRITTEN for word in words}

NUMBER = r"\d{1,3}(?:[’'\u202f\u00a0]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
_UNIT = "|".join(re.escape(word) for word in sorted(UNITS, key=len, reverse=True))
# A unit of letters ends where its word ends: "5 mmolar" is no length.
PART = rf"(?:{NUMBER})(?:\s?(?:{_UNIT})(?![\w/²³]))?"
TIMES, TO, OR = "times", "to", "or"
JOINTS = (
    (TIMES, r"\s*(?:[×x*]|\b(?:by|mal|sur|per)\b)\s*"),
    (TO, r"\s*(?:[–—-]|…|\.\.+|\b(?:to|bis|a)\b)\s*"),
    (OR, r"\s*(?:/|,(?=\s)|\b(?:or|oder|ou)\b)\s*"),
)
_JOINT = "|".join(pattern for _name, pattern in JOINTS)
MEASURED = re.compile(rf"(?<![\w.,]){PART}(?:(?:{_JOINT}){PART})*", re.IGNORECASE)
SINGLE = re.compile(rf"({NUMBER})(?:\s?({_UNIT})(?![\w/²³]))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Measured:
    """Numbers that stand together in a text: one, several joined in one way; in kept units."""

    dimension: Dimension
    values: tuple[Decimal, ...]
    joint: str
    start: int
    end: int


def plain(text: str) -> str:
    """`text` in lower case and without accents, letter by letter: every place stays its place."""
    return "".join(_bare(letter) for letter in text)


def number_in(text: str) -> Decimal:
    """A number as written in any of our languages: 1’200, 1,5 and 0.4; 1,200 is a thousand."""
    digits = re.sub(r"[’'\u202f\u00a0]", "", text)
    whole, comma, rest = digits.partition(",")
    if comma and len(rest) == len("000") and whole != "0" and "." not in digits:
        return Decimal(whole + rest)
    return Decimal(digits.replace(",", "."))


def measured_in(text: str, *, unit: str = "") -> Iterator[Measured]:
    """Every number with a unit in `text`; numbers without any are in `unit`, if that is given."""
    for found in MEASURED.finditer(plain(text)):
        measured = _measured(found, plain(unit))
        if measured is not None:
            yield measured


def _measured(found: re.Match[str], unit: str) -> Measured | None:
    parts = [(match[1], match[2]) for match in SINGLE.finditer(found[0])]
    # "600 × 400 mm": a number has the unit that comes next, or else the last one.
    units = [name for _number, name in parts]
    for place in reversed(range(len(units) - 1)):
        units[place] = units[place] or units[place + 1]
    for place in range(1, len(units)):
        units[place] = units[place] or units[place - 1]
    known = [UNITS[name or unit] for name in units if name or unit]
    if len(known) != len(parts) or len({each.dimension for each in known}) != 1:
        return None
    kept = [
        each.kept(number_in(number)) for each, (number, _name) in zip(known, parts, strict=True)
    ]
    if max(map(abs, kept)) >= LARGEST:
        return None
    values = tuple(each.quantize(Decimal("0.0001")) for each in kept)
    dimension, joint = known[0].dimension, _joint(found[0])
    if joint == TIMES and dimension != Dimension.LENGTH:
        # "2 × 60 W" tells how many there are, and how strong one is.
        values, joint = values[-1:], ""
    return Measured(dimension, values, joint, found.start(), found.end())


def _joint(text: str) -> str:
    """How the numbers are joined; what is written in two ways counts as the first that is found."""
    without = SINGLE.sub(" 0 ", text)
    return next((name for name, pattern in JOINTS if re.search(rf"0 {pattern} 0", without)), "")


def _bare(letter: str) -> str:
    """One letter for one letter."""
    base = unicodedata.normalize("NFD", letter.lower())[:1]
    return base if len(letter.lower()) == 1 else letter
