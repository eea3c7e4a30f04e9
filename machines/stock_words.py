"""Quantities of consumables and what they cost, as people write them, in the active language."""

from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from machines.models import Consumable, StockMovement
from machines.states import StockUnit
from spaces.money import money_in_words

NO_BREAK = "\u00a0"
MINUS = "\u2212"
CENT = Decimal("0.01")


def number_in_words(quantity: Decimal) -> str:
    """A number without needless zeros: 42, 1’250, 0.5, −3."""
    number = number_format(
        abs(quantity), decimal_pos=_places(quantity), use_l10n=True, force_grouping=True
    )
    return f"{MINUS}{number}" if quantity < 0 else number


def quantity_in_words(quantity: Decimal, unit: str) -> str:
    """A number with what is counted: “42 g”, “1 sheet”."""
    number = number_in_words(quantity)
    whole = abs(int(quantity))
    if unit == StockUnit.PIECE:
        return ngettext("%(number)s piece", "%(number)s pieces", whole) % {"number": number}
    if unit == StockUnit.SHEET:
        return ngettext("%(number)s sheet", "%(number)s sheets", whole) % {"number": number}
    return f"{number}{NO_BREAK}{StockUnit(unit).label}"


def change_in_words(quantity: Decimal, unit: str) -> str:
    """The same with its sign, also where it is more."""
    words = quantity_in_words(quantity, unit)
    return f"+{words}" if quantity > 0 else words


def unit_price_in_words(price: Decimal, currency: str, unit: str) -> str:
    """What one costs: “CHF 0.045 per g”."""
    told = money_in_words(price, currency, places=max(2, _places(price)))
    if unit == StockUnit.PIECE:
        return _("%(price)s each") % {"price": told}
    if unit == StockUnit.SHEET:
        return _("%(price)s per sheet") % {"price": told}
    return _("%(price)s per %(unit)s") % {"price": told, "unit": StockUnit(unit).label}


def offer_in_words(item: Consumable) -> str:
    """What may be taken, and its price: “PETG (g), CHF 0.045 per g”; its space is loaded."""
    told = {"item": item.name, "unit": item.get_unit_display()}
    if item.price is None:
        return _("%(item)s (%(unit)s)") % told
    price = unit_price_in_words(item.price, item.space.currency, item.unit)
    return _("%(item)s (%(unit)s), %(price)s") % {**told, "price": price}


def taken_in_words(movement: StockMovement) -> str:
    """What was taken and what it costs: “PETG, 42 g: CHF 1.89”; its item and space are loaded."""
    item, quantity = movement.item, -movement.quantity
    told = {"item": item.name, "quantity": quantity_in_words(quantity, item.unit)}
    if movement.unit_price is None:
        return _("%(item)s, %(quantity)s") % told
    cost = (movement.unit_price * quantity).quantize(CENT, rounding=ROUND_HALF_UP)
    price = money_in_words(cost, item.space.currency)
    return _("%(item)s, %(quantity)s: %(price)s") % {**told, "price": price}


def _places(number: Decimal) -> int:
    """How many digits it has behind the point, but for zeros at the end."""
    return max(0, -int(number.normalize().as_tuple().exponent))
