"""The tables of the reports: the rollup, files that take long, and reports that are mailed."""

from reports.models.export import Export
from reports.models.rollup import (
    CompanyHour,
    FreeTime,
    GroupWeek,
    SaturatedHour,
    UsageDay,
    UsageGroup,
    UsageHour,
    UsageMonth,
)
from reports.models.saved import SavedReport

__all__ = [
    "CompanyHour",
    "Export",
    "FreeTime",
    "GroupWeek",
    "SaturatedHour",
    "SavedReport",
    "UsageDay",
    "UsageGroup",
    "UsageHour",
    "UsageMonth",
]
