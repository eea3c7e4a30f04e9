"""Times of the wall clock as selects, because time inputs show AM and PM by browser."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from spaces.intervals import DAY, Interval, exists_on_clock, moment_of, opening_moment_of

STEP = timedelta(minutes=15)
MIDNIGHT = "24:00"
STARTS = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(0, 24 * 60, 15)]
ENDS = [*STARTS[1:], MIDNIGHT]


class TimeSelect(forms.Select):
    """A select written in one go: a page of hours has thousands of options."""

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: Any = None,
    ) -> SafeString:
        """The select with its quarter-hours; another stored time is offered too."""
        chosen = str(value or "")
        texts = [str(text) for text, _label in self.choices]
        if chosen not in texts:
            texts.append(chosen)
        options = format_html_join(
            "",
            "<option{}>{}</option>",
            ((SafeString(" selected") if text == chosen else "", text) for text in texts),
        )
        written = flatatt(self.build_attrs(self.attrs, {"name": name, **(attrs or {})}))
        return format_html("<select{}>{}</select>", written, options)


class TimeField(forms.Field):
    """A quarter-hour, or any other time that was stored; 24:00 is kept as a text."""

    widget = TimeSelect

    def __init__(self, *, texts: list[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.choices = [(text, text) for text in ([] if self.required else [""]) + texts]

    def to_python(self, value: Any) -> str:
        """A text HH:MM, or an empty one. Raises ValidationError for anything else."""
        text = str(value or "")
        if text in {"", MIDNIGHT}:
            return text
        try:
            return f"{time.fromisoformat(text):%H:%M}"
        except ValueError as error:
            raise ValidationError(_("Choose a time from the list.")) from error


class DateInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


def time_of(text: str) -> time:
    """The time of a text HH:MM; 24:00 is midnight."""
    return time.min if text == MIDNIGHT else time.fromisoformat(text)


def wall_of(day: date, text: str) -> datetime:
    """The wall time on `day`; 24:00 is the midnight after it."""
    return datetime.combine(day + DAY if text == MIDNIGHT else day, time_of(text))


def span_between(start: datetime, end: datetime, zone: ZoneInfo) -> Interval:
    """The interval between two wall times. Raises ValidationError where it is none."""
    if end <= start:
        raise ValidationError({"end": _("The end must come after the start.")})
    for name, wall in (("start", start), ("end", end)):
        if not exists_on_clock(wall, zone):
            raise ValidationError(
                {name: _("The clock skips this time on that day. Choose one hour later.")}
            )
    return Interval(moment_of(start, zone), opening_moment_of(end, zone))
