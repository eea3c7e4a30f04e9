"""The charts of the reports: drawn on the server, so that a strict CSP and paper both suit them."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import altair as alt
import vl_convert
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from reports.figures import HOUR
from reports.report import Report

FONT = "system-ui, -apple-system, Segoe UI, Roboto, Noto Sans, sans-serif"
MOST_BARS = 40
LONGEST_NAME = 20
# The reader's font is not the one that the drawing measures, so the names get a fixed room.
NAMES = 150


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a chart; the same pairs as static/css/tokens.css."""

    soft: str
    line: str
    used: str
    booked: str


THEMES = {
    "light": Theme("#545e64", "#e0ddd6", "#0d5f6b", "#8a5a16"),
    "dark": Theme("#aab1b5", "#2f363a", "#7accd3", "#f4b860"),
}
WIDTHS = {"wide": 560, "narrow": 330}


def bars_by_machine(report: Report, *, theme: Theme, width: int) -> str:
    """Utilisation of each machine as a bar, its booked rate as an upright mark; as SVG."""
    rows = [
        {
            "machine": Truncator(figures.name).chars(LONGEST_NAME),
            "used": _percent(figures.totals.share("use_rate").rate),
            "booked": _percent(figures.totals.share("booked_rate").rate),
        }
        for figures in report.parts
        if figures.totals.seconds("available")
    ]
    rows = sorted(rows, key=lambda row: (-float(str(row["used"])), row["machine"]))[:MOST_BARS]
    names = alt.Y("machine:N").sort(None).title(None)
    names = names.axis(
        labelLimit=0, minExtent=NAMES, maxExtent=NAMES, ticks=False, domain=False, labelPadding=8
    )
    highest = max((float(str(row[key])) for row in rows for key in ("used", "booked")), default=0)
    top = max(10, 10 * math.ceil(highest / 10))
    scale = alt.Scale(domain=[0, top], nice=False)
    base = alt.Chart(_data(rows))
    bars = base.mark_bar(color=theme.used, cornerRadiusEnd=3, height={"band": 0.62}).encode(
        x=alt.X("used:Q").scale(scale).axis(tickCount=5).title(_("percent of the available time")),
        y=names,
    )
    marks = base.mark_tick(color=theme.booked, thickness=3, size=16).encode(x="booked:Q", y=names)
    return _svg(
        alt.layer(bars, marks).properties(width=width - 170, height=alt.Step(24)), theme=theme
    )


def line_over_time(report: Report, *, theme: Theme, width: int) -> str:
    """Used hours of each day as a line with dots, booked hours as a dashed one; as SVG."""
    rows = [
        {
            "day": day.isoformat(),
            "label": date_format(day, "j"),
            "used": totals.seconds("used") / HOUR,
            "booked": totals.seconds("booked") / HOUR,
        }
        for day, totals in sorted(report.by_date.items())
    ]
    step = 7 if width < WIDTHS["wide"] else 3
    shown = [str(row["label"]) for n, row in enumerate(rows) if n % step == 0]
    days = alt.X("label:N").sort(None).title(None)
    days = days.axis(values=shown, labelAngle=0, grid=False, tickSize=4)
    base = alt.Chart(_data(rows)).encode(x=days)
    used = base.mark_line(
        color=theme.used, strokeWidth=2.5, point={"color": theme.used, "size": 30}
    ).encode(y=alt.Y("used:Q").title(_("hours")).axis(tickCount=5))
    area = base.mark_area(color=theme.used, opacity=0.12).encode(y="used:Q")
    booked = base.mark_line(color=theme.booked, strokeWidth=2, strokeDash=[5, 4]).encode(
        y="booked:Q"
    )
    return _svg(alt.layer(area, booked, used).properties(width=width - 60, height=240), theme=theme)


def _percent(rate: object) -> float:
    return round(100 * float(str(rate or 0)), 2)


def _data(rows: Sequence[dict[str, Any]]) -> alt.InlineData:
    return alt.InlineData(values=list(rows))


def _svg(chart: alt.LayerChart | alt.FacetChart, *, theme: Theme) -> str:
    quiet = {
        "labelColor": theme.soft,
        "titleColor": theme.soft,
        "gridColor": theme.line,
        "domainColor": theme.line,
        "tickColor": theme.line,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    }
    styled = chart.configure(font=FONT, background="transparent", padding=4)
    return _rendered(
        json.dumps(styled.configure_axis(**quiet).configure_view(stroke=None).to_dict())
    )


@lru_cache(maxsize=128)
def _rendered(specification: str) -> str:
    """The drawing of a specification; the same figures are drawn once."""
    return vl_convert.vegalite_to_svg(specification)


CHARTS = {"machines": bars_by_machine, "days": line_over_time}
