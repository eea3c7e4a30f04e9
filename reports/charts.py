"""The charts of the reports: drawn on the server, so that a strict CSP and paper both suit them.

Each shows what a table of the page tells; shapes and patterns carry what colours do.

Whatever an axis or a colour has is given to its constructor: Altair's `alt.X(…).title(…)` keeps the
axis in one place for all threads, so that two charts drawn at once take parts of each other.
"""

import json
import math
from collections.abc import Callable, Sequence
from typing import Any

import altair as alt
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reports.drawing import WIDTHS, Theme, patterns, svg_of
from reports.figures import HOUR, Share
from reports.page.drawing import use_of
from reports.parts import BOOKED, OPENING, part_of
from reports.report import Report, Stretch
from reports.wording import PART_NAMES, percent_in_words

Drawing = alt.LayerChart | alt.FacetChart

MOST_BARS = 40
LONGEST_NAMES = {"wide": 32, "narrow": 20}
"""Letters of a name; of a longer one the middle is left out, and the table has the whole."""

# The reader's font is not the one that the drawing measures, so names and numbers get fixed room.
LETTER = 7
LEAST_NAMES = 60
NUMBERS = 60
MARGIN = 20
LEGEND_GAP = 50
PATTERN_OF = {
    "used_in_booking": "solid",
    "walk_in": "dots",
    "idle": "blank",
    "maintenance": "hatch",
    "down": "cross",
    "unused": "blank",
    "kept": "cross",
    "released": "bars",
}


def bars_by_machine(report: Report, *, theme: Theme, width: int) -> str:
    """Utilisation of each machine as a bar with its number, its booked rate as an upright mark."""
    rows = [
        {
            "name": figures.name,
            "used": _percent(figures.totals.share("use_rate")),
            "booked": _percent(figures.totals.share("booked_rate")),
            "words": percent_in_words(figures.totals.share("use_rate")),
        }
        for figures in report.parts
        if figures.totals.seconds("available")
    ]
    rows = _placed(rows, "used")
    base = alt.Chart(_data(rows))
    names, scale = _names(rows, width), _percents(rows, "used", "booked")
    bars = base.mark_bar(color=theme.used, cornerRadiusEnd=3, height={"band": 0.62}).encode(
        x=_across("used:Q", scale, _("percent of the available time")),
        y=names,
    )
    marks = base.mark_tick(color=theme.booked, thickness=3, size=16).encode(x="booked:Q", y=names)
    drawn = alt.layer(bars, marks, _words(base, names, theme, scale))
    return _by_name(drawn, rows, theme=theme, width=width)


def saturation_by_kind(report: Report, *, theme: Theme, width: int) -> str:
    """Beside the utilisation of each kind, a dot, its saturation, a diamond with its number."""
    rows = [
        {
            "name": kind.scope.name,
            "used": _percent(use := use_of(kind, report)),
            "is_known": use.denominator > 0,
            "full": _percent(kind.share),
            "words": percent_in_words(kind.share),
        }
        for kind in report.saturation
        if kind.share.denominator
    ]
    rows = _placed(rows, "full")
    base = alt.Chart(_data(rows))
    # Of many spaces, and of a machine alone, the utilisation of a kind is not known.
    both = alt.Chart(_data([row for row in rows if row["is_known"]]))
    names, scale = _names(rows, width), _percents(rows, "used", "full")
    rule = both.mark_rule(color=theme.strong, strokeWidth=2).encode(
        x=_across("used:Q", scale, _("percent")), x2="full:Q", y=names
    )
    dots = both.mark_point(
        shape="circle", size=90, filled=True, opacity=1, color=theme.used
    ).encode(x="used:Q", y=names)
    diamonds = base.mark_point(
        shape="diamond", size=130, filled=True, opacity=1, color=theme.booked
    ).encode(x=_across("full:Q", scale, _("percent")), y=names)
    drawn = alt.layer(rule, dots, diamonds, _words(base, names, theme, scale))
    return _by_name(drawn, rows, theme=theme, width=width)


def line_over_time(report: Report, *, theme: Theme, width: int) -> str:
    """Used hours of each day or month as a line with dots, booked hours as a dashed one."""
    rows = [
        {
            "label": label,
            "used": stretch.totals.seconds("used") / HOUR,
            "booked": stretch.totals.seconds("booked") / HOUR,
        }
        for label, stretch in _labelled(report)
    ]
    base = alt.Chart(_data(rows)).encode(x=_time(rows, width))
    used = base.mark_line(
        color=theme.used, strokeWidth=2.5, point={"color": theme.used, "size": 30}
    ).encode(y=alt.Y("used:Q", title=_("hours"), axis=alt.Axis(tickCount=5)))
    area = base.mark_area(color=theme.used, opacity=0.12).encode(y="used:Q")
    booked = base.mark_line(color=theme.booked, strokeWidth=2, strokeDash=[5, 4]).encode(
        y="booked:Q"
    )
    return _over_time(alt.layer(area, booked, used), theme=theme, width=width)


def opening_over_time(report: Report, *, theme: Theme, width: int) -> str:
    """What the opening hours consist of, stacked, by day or month."""
    return _stacked(report, OPENING, theme=theme, width=width)


def booked_over_time(report: Report, *, theme: Theme, width: int) -> str:
    """What became of the booked hours, stacked, by day or month."""
    return _stacked(report, BOOKED, theme=theme, width=width)


def _stacked(report: Report, parts: Sequence[str], *, theme: Theme, width: int) -> str:
    rows = [
        {
            "label": label,
            "part": str(PART_NAMES[part]),
            "order": order,
            "hours": part_of(stretch.totals, part) / HOUR,
        }
        for label, stretch in _labelled(report)
        for order, part in enumerate(parts)
    ]
    fills = patterns(theme)
    colours = alt.Scale(
        domain=[str(PART_NAMES[part]) for part in parts],
        range=[fills[PATTERN_OF[part]] for part in parts],
    )
    legend = alt.Legend(
        orient="top",
        title=None,
        symbolType="square",
        symbolSize=180,
        symbolStrokeColor=theme.strong,
        symbolStrokeWidth=1,
        columns=2 if _room_of_legend(parts) <= width else 1,
        columnPadding=LEGEND_GAP,
        labelColor=theme.ink,
        labelFontSize=12,
        labelLimit=0,
    )
    bars = (
        alt.Chart(_data(rows))
        .mark_bar(stroke=theme.strong, strokeWidth=0.6)
        .encode(
            x=_time(rows, width),
            y=alt.Y("hours:Q", stack="zero", title=_("hours"), axis=alt.Axis(tickCount=5)),
            order="order:Q",
            color=alt.Color("part:N", scale=colours, legend=legend),
        )
    )
    return _over_time(alt.layer(bars), theme=theme, width=width)


def _room_of_legend(parts: Sequence[str]) -> int:
    """What two columns of names take; the drawing measures another font than the reader's."""
    letters = [len(str(PART_NAMES[part])) for part in parts]
    return 2 * LEGEND_GAP + LETTER * (max(letters[::2]) + max(letters[1::2]))


def _labelled(report: Report) -> list[tuple[str, Stretch]]:
    """The stretches with what stands below each of them: a day of a month, or a month."""
    by_date = report.filters.period.is_by_date
    # Some languages write a dot, and no capital letter.
    pattern = pgettext("an axis", "j M") if by_date else pgettext("an axis", "M Y")
    return [(date_format(each.period.first, pattern), each) for each in report.stretches]


def _time(rows: Sequence[dict[str, Any]], width: int) -> alt.X:
    """The axis over time; only as many labels as there is room for."""
    labels = list(dict.fromkeys(str(row["label"]) for row in rows))
    step = max(1, math.ceil(len(labels) / (8 if width >= WIDTHS["wide"] else 4)))
    axis = alt.Axis(values=labels[::step], labelAngle=0, grid=False, tickSize=4)
    return alt.X("label:N", sort=None, title=None, axis=axis)


def _across(field: str, scale: alt.Scale, title: str) -> alt.X:
    axis = alt.Axis(tickCount=5, labelOverlap="parity", labelSeparation=8)
    return alt.X(field, scale=scale, axis=axis, title=title)


def _placed(rows: Sequence[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    """The first rows, the highest at the top; each has a place, since names may be alike."""
    ordered = sorted(rows, key=lambda row: (-float(str(row[key])), row["name"]))[:MOST_BARS]
    return [{**row, "place": place} for place, row in enumerate(ordered)]


def _shortened(rows: Sequence[dict[str, Any]], width: int) -> list[str]:
    most = LONGEST_NAMES["wide" if width >= WIDTHS["wide"] else "narrow"]
    return [shortened(str(row["name"]), most) for row in rows]


def shortened(name: str, most: int) -> str:
    """At most so many letters; the end stays, which tells the second of two machines."""
    if len(name) <= most:
        return name
    end = most // 3
    return f"{name[: most - end - 1].rstrip()}…{name[-end:].lstrip()}"


def _room_of_names(rows: Sequence[dict[str, Any]], width: int) -> int:
    return max(LEAST_NAMES, LETTER * max(map(len, _shortened(rows, width)), default=0) + 10)


def _names(rows: Sequence[dict[str, Any]], width: int) -> alt.Y:
    room = _room_of_names(rows, width)
    axis = alt.Axis(
        labelExpr=f"{json.dumps(_shortened(rows, width))}[datum.value]",
        labelLimit=0,
        minExtent=room,
        maxExtent=room,
        ticks=False,
        domain=False,
        labelPadding=8,
    )
    return alt.Y("place:O", title=None, axis=axis)


def _percents(rows: Sequence[dict[str, Any]], *keys: str) -> alt.Scale:
    highest = max((float(str(row[key])) for row in rows for key in keys), default=0)
    return alt.Scale(domain=[0, max(10, 10 * math.ceil(highest / 10))], nice=False)


def _words(base: alt.Chart, names: alt.Y, theme: Theme, scale: alt.Scale) -> alt.Chart:
    """The number of each line, at the end of it."""
    words: alt.Chart = base.mark_text(align="left", dx=6, color=theme.ink, fontSize=12).encode(
        x=alt.datum(scale["domain"][1]), y=names, text="words:N"
    )
    return words


def _by_name(chart: Drawing, rows: Sequence[dict[str, Any]], *, theme: Theme, width: int) -> str:
    room = width - _room_of_names(rows, width) - NUMBERS - MARGIN
    return svg_of(chart.properties(width=room, height=alt.Step(24)), theme=theme)


def _over_time(chart: Drawing, *, theme: Theme, width: int) -> str:
    return svg_of(chart.properties(width=width - 60, height=240), theme=theme)


def _percent(share: Share) -> float:
    return round(float(share.percent or 0), 2)


def _data(rows: Sequence[dict[str, Any]]) -> alt.InlineData:
    return alt.InlineData(values=list(rows))


CHARTS: dict[str, Callable[..., str]] = {
    "machines": bars_by_machine,
    "time": line_over_time,
    "opening": opening_over_time,
    "booked": booked_over_time,
    "saturation": saturation_by_kind,
}
