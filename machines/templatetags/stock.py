"""Quantities of consumables as templates write them."""

from decimal import Decimal

from django.template import Library

from machines.models import Consumable
from machines.stock_words import change_in_words, quantity_in_words, unit_price_in_words

register = Library()


@register.filter
def of(quantity: Decimal, item: Consumable) -> str:
    """A quantity of an item: `{{ item.minimum|of:item }}`."""
    return quantity_in_words(quantity, item.unit)


@register.filter
def change_of(quantity: Decimal, item: Consumable) -> str:
    """The same with its sign."""
    return change_in_words(quantity, item.unit)


@register.filter
def price_of(price: Decimal, item: Consumable) -> str:
    """What one of an item costs; its space should be loaded."""
    return unit_price_in_words(price, item.space.currency, item.unit)
