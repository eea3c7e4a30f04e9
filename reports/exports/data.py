"""The figures for programs: names that never change, whole seconds, rates to four decimals."""

import json
from typing import Any

from reports.definitions import VERSION
from reports.exports.lines import Line, lines_beside, lines_of
from reports.filters import Period
from reports.report import Report, Saturation


def report_json(report: Report) -> bytes:
    """The report as JSON in UTF-8."""
    return json.dumps(report_data(report), ensure_ascii=False, indent=1).encode()


def report_data(report: Report) -> dict[str, Any]:
    """The report as values that JSON knows."""
    return {
        **_about(report),
        "figures": _figures(*lines_of(report.totals), *lines_beside(report)),
        "before": None if report.before is None else _figures(*lines_of(report.before)),
        "parts": [
            {
                "scope": part.scope.key,
                "name": part.name,
                "figures": _figures(*lines_of(part.totals)),
            }
            for part in report.parts
        ],
        "over_time": [
            {**_dates(each.period), "figures": _figures(*lines_of(each.totals))}
            for each in report.stretches
        ],
        "saturation": [_saturation(each) for each in report.saturation],
    }


def _about(report: Report) -> dict[str, Any]:
    filters = report.filters
    before = filters.before
    return {
        "definition": VERSION,
        "scope": filters.scope.key,
        "name": filters.scope.name,
        "zone": filters.scope.zone.key,
        **_dates(filters.period),
        "compared_with": None if before is None else _dates(before),
        "assumed_use": "included" if filters.with_assumed else "left out",
        "days_in_work": report.days_in_work,
    }


def _dates(period: Period) -> dict[str, str]:
    return {"from": period.first.isoformat(), "until": period.last.isoformat()}


def _figures(*lines: Line) -> list[dict[str, Any]]:
    return [line_data(line) for line in lines]


def _saturation(line: Saturation) -> dict[str, Any]:
    return {
        "scope": line.scope.key,
        "name": line.scope.name,
        "units": line.units,
        "numerator": line.share.numerator,
        "denominator": line.share.denominator,
        "value": _number(line.share.rate),
    }


def line_data(line: Line) -> dict[str, Any]:
    """One figure; numerators and denominators are seconds where `unit_of_parts` says so."""
    return {
        "metric": line.metric,
        "definition": line.definition,
        "unit": line.unit,
        "value": _number(line.value),
        "numerator": line.numerator,
        "denominator": line.denominator,
        "unit_of_parts": "s" if line.is_of_hours else "count",
    }


def _number(value: Any) -> float | int | None:
    """Decimals of two or four places survive as what they are in a float."""
    return value if value is None or isinstance(value, int) else float(value)
