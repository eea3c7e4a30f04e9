"""Lengths of time as people type them: 30 min, 1 h 30 min, 3 d."""

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
UNITS = {"m": MINUTE, "h": HOUR, "d": DAY, "j": DAY, "t": DAY, "g": DAY}
"""By the first letter, which is enough in all four languages: d, j, T, g for days."""

TYPED = re.compile(r"(?:\s*\d{1,6}(?:[.,]\d{1,2})?\s*[^\W\d]+\.?)+\s*")
PART = re.compile(r"(\d+(?:[.,]\d+)?)\s*([^\W\d]+)")
LONGEST = 1000 * DAY
COUNTED_IN_DAYS = 2 * DAY


class LengthField(forms.CharField):
    """A length of time; empty is None."""

    default_error_messages = {"invalid": _("Write a length of time such as 30 min, 2 h or 3 d.")}

    def prepare_value(self, value: Any) -> Any:
        """What stands in the field."""
        return length_text(value) if isinstance(value, timedelta) else value

    def to_python(self, value: Any) -> Any:
        """The length; raises ValidationError where it is none."""
        if value is None or isinstance(value, timedelta):
            return value
        text = str(value).strip().lower()
        if not text:
            return None
        parts = PART.findall(text) if TYPED.fullmatch(text) else []
        if not parts or any(unit[0] not in UNITS for _number, unit in parts):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        length = sum(
            (float(number.replace(",", ".")) * UNITS[unit[0]] for number, unit in parts),
            timedelta(0),
        )
        if length > LONGEST:
            raise forms.ValidationError(_("That is more than 1000 days."), code="max_value")
        return MINUTE * round(length / MINUTE)


def length_text(length: timedelta) -> str:
    """A length as `LengthField` takes it: “1 h 30 min”, “3 d”."""
    days, rest = divmod(length, DAY) if length >= COUNTED_IN_DAYS else (0, length)
    hours, rest = divmod(rest, HOUR)
    minutes = rest // MINUTE
    parts = [
        f"{number} {unit}"
        for number, unit in ((days, pgettext("days", "d")), (hours, "h"), (minutes, "min"))
        if number
    ]
    return " ".join(parts) or "0 min"
