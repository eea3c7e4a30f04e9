from machines.models.calendar import AvailabilityCalendar, DirtyDay
from machines.models.document import Document
from machines.models.draft import ColumnMapping, ImportDraft
from machines.models.fault import Fault
from machines.models.machine import Category, Machine, Pool, Spec

__all__ = [
    "AvailabilityCalendar",
    "Category",
    "ColumnMapping",
    "DirtyDay",
    "Document",
    "Fault",
    "ImportDraft",
    "Machine",
    "Pool",
    "Spec",
]
