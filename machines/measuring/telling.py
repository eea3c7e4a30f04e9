"""What was understood of a search or of a line of a sheet, for people."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import groupby

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from machines.measuring.asking import Sign, Wish
from machines.measuring.names import AREA, DIMENSIONS, Material, Measurable
from machines.measuring.quantities import KEPT_IN
from machines.measuring.reading import NOTHING, Measurement

AREA_ALONE = frozenset(AREA[:2])


def wishes_told(wishes: Iterable[Wish]) -> list[str]:
    """What must hold, one phrase for each; the sides of a work area are one."""
    told = []
    for (is_area, sign), group in groupby(wishes, lambda each: (_is_area(each.key), each.sign)):
        same = list(group)
        if is_area:
            told.append(_said(sign, _("work area"), _sides([each.value for each in same])))
            continue
        told += [
            _said(sign, _what(each.key, each.material), _value(each.key, each.value))
            for each in same
        ]
    return told


def measurements_told(measurements: Sequence[Measurement]) -> list[str]:
    """What the words of one line come to."""
    sides = [each for each in measurements if _is_area(each.key)]
    rest = [each for each in measurements if not _is_area(each.key)]
    told = []
    if sides and AREA_ALONE & {each.key for each in sides}:
        in_order = sorted(sides, key=lambda each: AREA.index(each.key))
        told.append(_pair(_("work area"), _sides([each.high for each in in_order])))
    else:
        rest += sides
    return told + [_pair(_what(each.key, each.material), _range(each)) for each in rest]


def number_told(value: Decimal) -> str:
    """A number as the language writes it, without zeros that say nothing."""
    whole = f"{value:f}"
    plain = whole.rstrip("0").rstrip(".") if "." in whole else whole
    return number_format(Decimal(plain))


def _said(sign: Sign, what: str, value: str) -> str:
    parts = {"what": what, "value": value}
    if sign == Sign.AT_LEAST:
        return _("%(what)s: at least %(value)s") % parts
    if sign == Sign.AT_MOST:
        return _("%(what)s: at most %(value)s") % parts
    return _pair(what, value)


def _pair(what: str, value: str) -> str:
    return _("%(what)s: %(value)s") % {"what": what, "value": value}


def _is_area(key: Measurable) -> bool:
    return key in AREA


def _what(key: Measurable, material: str) -> str:
    if key == Measurable.CUTS and material:
        return _("cuts %(material)s") % {"material": Material(material).label}
    return str(key.label)


def _value(key: Measurable, value: Decimal) -> str:
    return f"{number_told(value)}\u00a0{KEPT_IN[DIMENSIONS[key]]}"


def _sides(values: Sequence[Decimal]) -> str:
    return " × ".join(map(number_told, values)) + "\u00a0mm"


def _range(each: Measurement) -> str:
    if each.low == each.high:
        return _value(each.key, each.high)
    if each.low == NOTHING:
        return _("up to %(value)s") % {"value": _value(each.key, each.high)}
    return f"{number_told(each.low)}–{_value(each.key, each.high)}"
