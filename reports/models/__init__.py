"""The tables of the reports: the rollup, files, what is mailed, published and proved."""

from reports.models.export import Export
from reports.models.open_data import OpenData, PublishedMonth
from reports.models.rollup import (
    CompanyHour,
    Counted,
    FreeTime,
    GroupWeek,
    SaturatedHour,
    UsageDay,
    UsageGroup,
    UsageHour,
    UsageMonth,
)
from reports.models.saved import SavedReader, SavedReport
from reports.models.statement import Statement

__all__ = [
    "CompanyHour",
    "Counted",
    "Export",
    "FreeTime",
    "GroupWeek",
    "OpenData",
    "PublishedMonth",
    "SaturatedHour",
    "SavedReader",
    "SavedReport",
    "Statement",
    "UsageDay",
    "UsageGroup",
    "UsageHour",
    "UsageMonth",
]
