"""The figures of the months that were published, as open data."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from machines.models import Category
from reports.hours import UsedBy
from reports.models import PublishedMonth
from reports.open_data.places import Asked, Json, address, page_of, place_of
from spaces.models import Space

MEASURES = ("opening_h", "available_h", "used_h", "booked_h", "use_rate", "booked_rate")
NEVER = {"audience": ("opening_h", "available_h", "use_rate", "booked_rate")}
"""What there is not, so that it is not called hidden."""

GROUPS = {"category": "ProductGroup", "audience": "Audience"}
"""What lines are about that have no page of their own, as schema.org calls it."""

HIDDEN = _("“hidden”: fewer than five people made it, or it would tell what fewer than five did.")


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
    """Each space, what is told of besides its machines, and every figure as an observation.

    All have an address of their own, so that no two figures of one month contradict each other.
    """
    names = _names()
    groups: dict[str, Json] = {}
    observations: list[Json] = []
    for month in _months(asked):
        for row in month.content["rows"]:
            about = _about(month.space, row)
            if row["level"] in GROUPS:
                name = names.get((row["level"], row["key"]), row["name"])
                groups[about] = {"@type": GROUPS[row["level"]], "@id": about, "name": name}
            observations += _observations(about, month.content["month"], row)
    return [*(place_of(space) for space in asked.spaces), *groups.values(), *observations]


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


def _about(space: Space, row: Mapping[str, Any]) -> str:
    """The address of what a line is about."""
    if row["level"] == "machine":
        return address("booking:machine", space.slug, row["key"])
    if row["level"] in GROUPS:
        return f"{page_of(space)}#{row['level']}-{row['key']}"
    return page_of(space)


def _observations(about: str, month: str, row: Mapping[str, Any]) -> Iterator[Json]:
    hidden = _hidden(row)
    for measure in MEASURES:
        if row[measure] is not None:
            unit = {"unitCode": "HUR"} if measure.endswith("_h") else {}
            yield _observation(about, month, measure) | {"value": float(row[measure]), **unit}
        elif measure in hidden:
            yield _observation(about, month, measure) | {"description": str(HIDDEN)}
    if row["people_at_least"] is not None:
        yield _observation(about, month, "reach") | {"minValue": row["people_at_least"]}


def _observation(about: str, month: str, measure: str) -> Json:
    return {
        "@type": "Observation",
        "@id": f"{about}{'-' if '#' in about else '#'}{month}-{measure}",
        "observationAbout": {"@id": about},
        "observationPeriod": month,
        "measuredProperty": {"@id": f"{address('reports:metrics')}#{measure}"},
    }
