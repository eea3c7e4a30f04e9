"""How charts look, and from their specification to SVG: two themes, patterns beside colours."""

import json
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import altair as alt
import vl_convert

FONT = "system-ui, -apple-system, Segoe UI, Roboto, Noto Sans, sans-serif"
DRAWING = Lock()
"""The library draws in one room for all threads: two charts at once would run into each other."""

WIDTHS = {"wide": 560, "narrow": 330}


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a chart; the same pairs as static/css/tokens.css."""

    ink: str
    soft: str
    line: str
    strong: str
    surface: str
    used: str
    booked: str
    bad: str


THEMES = {
    "light": Theme(
        ink="#1c2326",
        soft="#545e64",
        line="#e0ddd6",
        strong="#84898c",
        surface="#ffffff",
        used="#0d5f6b",
        booked="#8a5a16",
        bad="#9c221f",
    ),
    "dark": Theme(
        ink="#e8e7e3",
        soft="#aab1b5",
        line="#2f363a",
        strong="#767e84",
        surface="#1b2023",
        used="#7accd3",
        booked="#f4b860",
        bad="#f5a69f",
    ),
}


def patterns(theme: Theme) -> dict[str, str]:
    """What fills an area, by name, so that no part is told from another by its colour alone."""
    return {"solid": theme.used, "blank": theme.surface} | {
        name: f"url(#{name})" for name in ("dots", "hatch", "cross", "bars")
    }


def svg_of(chart: alt.LayerChart | alt.FacetChart, *, theme: Theme) -> str:
    """The drawing of `chart`; the same specification is drawn once."""
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
    styled = styled.configure_axis(**quiet).configure_view(stroke=None)
    return _rendered(json.dumps(styled.to_dict()), theme)


@lru_cache(maxsize=256)
def _rendered(specification: str, theme: Theme) -> str:
    with DRAWING:
        drawing = vl_convert.vegalite_to_svg(specification)
    if "url(#" not in drawing:
        return drawing
    head, rest = drawing.split(">", 1)
    return f"{head}>{_definitions(theme)}{rest}"


def _definitions(theme: Theme) -> str:
    """The patterns as SVG; Vega-Lite has none of its own."""
    return (
        "<defs>"
        + _pattern("dots", theme, f'<circle cx="3" cy="3" r="1.5" fill="{theme.used}"/>')
        + _pattern("hatch", theme, f'<rect width="2" height="6" fill="{theme.booked}"/>', turn=45)
        + _pattern("bars", theme, f'<rect width="6" height="1.6" fill="{theme.booked}"/>')
        + _pattern("cross", theme, f'<path d="M0 0L6 6M6 0L0 6" stroke="{theme.bad}"/>')
        + "</defs>"
    )


def _pattern(name: str, theme: Theme, mark: str, *, turn: int = 0) -> str:
    turned = f' patternTransform="rotate({turn})"' if turn else ""
    return (
        f'<pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse"{turned}>'
        f'<rect width="6" height="6" fill="{theme.surface}"/>{mark}</pattern>'
    )
