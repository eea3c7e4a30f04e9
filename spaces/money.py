"""Amounts of money as people write them, in the active language."""

from decimal import Decimal

from django.utils.translation import get_language

SWISS = "CHF"
APOSTROPHE, NARROW_SPACE, NO_BREAK = "\u2019", "\u202f", "\u00a0"


def money_in_words(amount: Decimal, currency: str, *, places: int = 2) -> str:
    """An amount such as “CHF 1’234.50”; francs keep their point in every language."""
    thousands, point = _marks(get_language() or "en", currency)
    whole, cents = f"{amount:,.{places}f}".split(".")
    return f"{currency}{NO_BREAK}{whole.replace(',', thousands)}{point}{cents}"


def _marks(language: str, currency: str) -> tuple[str, str]:
    """What parts thousands and what parts cents."""
    if language.startswith("fr"):
        return NARROW_SPACE, "." if currency == SWISS else ","
    if currency == SWISS or language.startswith("de"):
        return APOSTROPHE, "."
    return (",", ".") if language.startswith("en") else (".", ",")
