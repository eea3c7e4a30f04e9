"""What single cells say: yes or no, an amount, a price per hour, a status."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from machines.vocabulary import DOWN, FREE, GONE, NO, YES, folded

CENT = Decimal("0.01")
HIGHEST_PRICE = Decimal(100_000)
HIGHEST_UNTOLD = Decimal(1000)
MOST_UNITS = 100
HIGHEST_COST = Decimal(10) ** 10
MOST_YEARS, MOST_DAYS = 100, 1000
CENTURY = 2000
CURRENCIES = {"€": "EUR", "eur": "EUR", "euro": "EUR", "chf": "CHF", "fr": "CHF", "sfr": "CHF",
              "$": "USD", "usd": "USD", "£": "GBP", "gbp": "GBP", "sgd": "SGD"}  # fmt: skip
MINUTES = r"minutes?|minuten|minuti|minuut|minutos?|mins?"
HOURS = (
    r"hours?|hourly|hr|h|stunden?|stundensatz|stundenpreis|std|heures?|horaire|ora|ore"
    r"|orari[oa]|uur|uren|horas?"
)
PER = (
    rf"/|\b(?:per|pro|par|je|by|all|al|{MINUTES}|{HOURS}|days?|tage?|jours?|giorn[oi]|dag|dia"
    r"|cm3|ml|gr?|kg|m2|gramm?s?|pieces?|prints?|stunden\w*)\b"
)
_NUMBER = r"\d+(?:[.,]\d+)?"
_AMOUNT = re.compile(r"\d[\d.,'’ \u00a0\u202f]*")

_COUNT = re.compile(
    r"[x×]\s?(\d{1,6})|(?:ca\.?\s?|~)?(\d{1,6})(?:[.,]0+)?\s?\+?"
    r"(?:[x×]|sets?|stk|stück|st|pcs|pieces?|pièces?|pce|pz|pezzi|units?|unités?|unità|uds?|szt)?\.?",
    re.IGNORECASE,
)
_NAMED_COUNT = re.compile(
    r"(?P<before>[1-9]\d?)\s?[x×]\s+(?P<name>[^\W\d].*)"
    r"|(?P<stem>.*\w)\s+(?:\((?:[x×]\s?(?P<a>[1-9]\d?)|(?P<b>[1-9]\d?)\s?[x×]|"
    r"(?P<c>[1-9]\d?)\s?(?i:stk|stück|pcs|pieces|pièces|units)\.?)\)|[x×](?P<d>[1-9]\d?))"
)


class Unclear(Exception):
    """A cell that says something, but not what its column asks; the message says so."""


@dataclass(frozen=True, slots=True)
class Hourly:
    """A price per hour, exact unless `note` says what was assumed or rounded."""

    amount: Decimal
    note: str = ""


def yes_or_no(text: str) -> bool | None:
    """True, False, or None for an empty cell; raises Unclear for anything else.

    A fee for a training is a yes.
    """
    number = re.fullmatch(r"\D{0,5}(\d+(?:[.,]\d+)?)\D{0,5}", text.strip())
    if number and "?" not in text:
        return Decimal(number[1].replace(",", ".")) > 0
    return word_of_yes_or_no(text)


def word_of_yes_or_no(text: str) -> bool | None:
    """As `yes_or_no`, without a sense for figures but 1 and 0."""
    text = text.replace("\ufe0f", "").strip()
    if "?" not in text:
        word = folded(text)
        if not word and text in "-–—":
            return False if text else None
        if word in YES or text in {"✓", "✔", "☑", "✅"}:
            return True
        if word in NO or text in {"✗", "✘", "✖", "☐", "❌"}:
            return False
        first = word.partition(" ")[0]
        if len(first) > 1 and first in YES | NO:
            return first in YES
    raise Unclear(_("Neither yes nor no; kept on the machine's sheet."))


def amount_of(text: str) -> Decimal:
    """The amount in `text`, with a decimal comma or point and any thousands mark.

    Raises Unclear where there is none, or more than one.
    """
    if folded(text) in FREE:
        return Decimal(0)
    found = [run.strip(" .,'’\u00a0\u202f") for run in _AMOUNT.findall(text)]
    if len(found) != 1 or re.search(r"(^|\s)[-−–]\s*\d", text):
        raise Unclear(_("Not an amount; the machine comes without this price."))
    digits = re.sub(r"['’ \u00a0\u202f]", "", found[0])
    if "," in digits and "." in digits:
        thousands = "," if digits.rindex(".") > digits.rindex(",") else "."
        digits = digits.replace(thousands, "")
    if re.fullmatch(r"[1-9]\d{0,2}([.,]\d{3})+", digits):
        digits = re.sub(r"[.,]", "", digits)
    return Decimal(digits.replace(",", "."))


def currency_of(*texts: str) -> str:
    """The first currency that a cell or a header names, as three letters; else ""."""
    for text in texts:
        for word in re.findall(r"[€$£]|[a-z]+", text.casefold()):
            if word in CURRENCIES:
                return CURRENCIES[word]
    return ""


def hourly(amount: Decimal, unit: str, *remarks: str) -> Hourly:
    """`amount` as a price per hour: by its unit, else by the first remark that names one.

    Raises Unclear where the unit is no time, or a day or longer.
    """
    assumed = _("No unit; read as a price per hour.")
    remark = next((each for each in remarks if re.search(PER, each.casefold())), None)
    told = unit if re.search(r"[a-z]", _without_currency(unit)) else remark
    minutes = _minutes(told) if told else Fraction(60)
    if minutes is None:
        raise Unclear(_("Not a price per hour; kept on the machine's sheet."))
    exact = Fraction(amount) * 60 / minutes
    # An amount without a unit that no hour costs is what the machine was bought for.
    if exact >= (HIGHEST_PRICE if told else HIGHEST_UNTOLD):
        raise Unclear(_("Too high for a price per hour; the machine comes without this price."))
    rounded = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(
        CENT, rounding=ROUND_HALF_UP
    )
    if Fraction(rounded) != exact:
        return Hourly(rounded, _("Rounded to %(amount)s per hour.") % {"amount": rounded})
    return Hourly(rounded, "" if told else assumed)


def _without_currency(unit: str) -> str:
    words = re.sub(r"[€$£/]", " ", unit.casefold())
    return re.sub(r"\b(eur|euro|chf|sfr|fr|usd|gbp|sgd|price|preis|prix|prezzo|rate|cost|fee)\b",
                  " ", words)  # fmt: skip


def _minutes(unit: str) -> Fraction | None:
    """How long the unit of a price is; None where it is no time, or days."""
    text = unit.casefold()
    if re.search(r"half hour|halbe stunde|demi[- ]heure|mezz'?ora", text):
        return Fraction(30)
    for words, length in ((MINUTES, 1), (HOURS, 60)):
        # The trailing letter guard keeps "min" out of "minimum" and "h" out of "heft".
        if found := re.search(rf"(?:({_NUMBER})\s*)?(?<![a-zäöü])(?:{words})(?![a-zäöü])", text):
            count = Fraction((found[1] or "1").replace(",", "."))
            return count * length if count else None
    return None


def quantity_of(text: str) -> int:
    """How many units; raises Unclear where that is no whole number from 1 to MOST_UNITS."""
    found = _COUNT.fullmatch(text.strip())
    count = int(found[1] or found[2]) if found else 0
    if not 1 <= count <= MOST_UNITS:
        raise Unclear(_("Not a number of units that can be booked one by one; taken as one."))
    return count


def cost_of(text: str) -> Decimal:
    """What something was bought for, in cents; raises Unclear where that is no amount."""
    try:
        cost = amount_of(text)
    except Unclear as error:
        raise Unclear(_("Not an amount; kept on the machine's sheet.")) from error
    if cost >= HIGHEST_COST:
        raise Unclear(_("Not an amount; kept on the machine's sheet."))
    return cost.quantize(CENT, rounding=ROUND_HALF_UP)


def date_of(text: str) -> date:
    """A day: 2024-03-05, 5.3.2024 or 5/3/24, the month first only where that must be.

    Raises Unclear for anything else, a mere year too.
    """
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?", text.strip()):
        year, month, day = (int(part) for part in found.groups())
    elif found := re.fullmatch(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})", text.strip()):
        day, month, year = (int(part) for part in found.groups())
        year += CENTURY if year < 100 else 0  # noqa: PLR2004
        if month > 12 >= day:  # noqa: PLR2004
            day, month = month, day
    else:
        raise Unclear(_("Not a date; kept on the machine's sheet."))
    try:
        return date(year, month, day)
    except ValueError as error:
        raise Unclear(_("Not a date; kept on the machine's sheet.")) from error


def years_of(text: str) -> int:
    """A number of years from 1 to 100, whatever word stands behind it; raises Unclear."""
    return _whole(text, 1, MOST_YEARS)


def days_of(text: str) -> int:
    """A number of days from 0 to 1000, whatever word stands behind it; raises Unclear."""
    return _whole(text, 0, MOST_DAYS)


def _whole(text: str, least: int, most: int) -> int:
    found = re.fullmatch(r"(\d{1,6})(?:[.,]0+)?\s?[^\W\d]{0,12}\.?", text.strip())
    if not found or not least <= int(found[1]) <= most:
        raise Unclear(_("Not a number that fits; kept on the machine's sheet."))
    return int(found[1])


def counted(name: str) -> tuple[str, int]:
    """A name without the number of units written before or behind it, and that number or 1."""
    found = _NAMED_COUNT.fullmatch(name)
    if not found:
        return name, 1
    count = next(found[group] for group in ("before", "a", "b", "c", "d") if found[group])
    return found["name"] or found["stem"], int(count)


def is_down(status: str) -> bool:
    """Whether a status says that the machine cannot be used now."""
    text = folded(status)
    if text in {"no", "nein", "non", "nee", "false"}:
        return True
    if text.startswith(("no ", "not broken", "nicht defekt")):
        return False
    return any(f" {word} " in f" {text} " for word in DOWN)


def is_gone(status: str) -> bool:
    """Whether a status says that the machine is not to be shown any more."""
    return any(f" {word} " in f" {folded(status)} " for word in GONE)
