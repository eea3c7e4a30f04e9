"""The figures of the months that were published, as open data."""

from collections.abc import Iterator, Mapping
from typing import Any

from machines.models import Category
from reports.hours import UsedBy
from reports.models import PublishedMonth
from reports.open_data.places import Asked, Json, address, page_of, place_of

MEASURES = ("opening_h", "available_h", "used_h", "booked_h", "use_rate", "booked_rate")
NEVER = {"audience": ("opening_h", "available_h", "use_rate", "booked_rate")}
"""What there is not, so that it is not called hidden."""


def rows(asked: Asked) -> list[Json]:
    """A line for each month and space, category, machine and audience, the newest month first."""
    names = _names()
    return [
        {
            "space": month.space.slug,
            "month": month.content["month"],
            **row,
            "name": names.get((row["level"], row["key"]), row["name"]),
            "hidden": _hidden(row),
        }
        for month in _months(asked)
        for row in month.content["rows"]
    ]


def nodes(asked: Asked) -> list[Json]:
    """Each space, and every figure as an observation of schema.org."""
    places: list[Json] = [place_of(space) for space in asked.spaces]
    return [
        *places,
        *(
            node
            for month in _months(asked)
            for row in month.content["rows"]
            for node in _observations(month, row)
        ),
    ]


def lines_of(month: PublishedMonth) -> list[Json]:
    """The lines of one month with their names in the active language, for a page."""
    return told(month.content["rows"])


def told(content: list[Json]) -> list[Json]:
    """Lines with their names in the active language, and what is hidden of each."""
    names = _names()
    return [
        {**row, "name": names.get((row["level"], row["key"]), row["name"]), "hidden": _hidden(row)}
        for row in content
    ]


def _months(asked: Asked) -> list[PublishedMonth]:
    months = PublishedMonth.objects.filter(space__in=asked.spaces).select_related("space")
    return list(months.order_by("-month", "space__name"))


def _hidden(row: Mapping[str, object]) -> list[str]:
    never = NEVER.get(str(row["level"]), ())
    return [each for each in ("used_h", "booked_h") if row[each] is None and each not in never]


def _names() -> dict[tuple[object, object], str]:
    """What is called otherwise in each language."""
    names: dict[tuple[object, object], str] = {
        ("audience", each.value): str(each.label) for each in UsedBy
    }
    return names | {("category", each.slug): each.name for each in Category.objects.all()}


def _observations(month: PublishedMonth, row: Mapping[str, Any]) -> Iterator[Json]:
    about = page_of(month.space)
    if row["level"] == "machine":
        about = address("booking:machine", month.space.slug, row["key"])
    for measure in MEASURES:
        if row[measure] is None:
            continue
        yield {
            "@type": "Observation",
            "observationAbout": {"@id": about},
            "observationPeriod": month.content["month"],
            "measuredProperty": {"@id": f"{address('reports:metrics')}#{measure}"},
            "value": float(row[measure]),
            **({"unitCode": "HUR"} if measure.endswith("_h") else {}),
            **(
                {"description": f"{row['level']}: {row['key']}"}
                if row["level"] in {"category", "audience"}
                else {}
            ),
        }
