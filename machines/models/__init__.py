from machines.models.calendar import AvailabilityCalendar, DirtyDay
from machines.models.change import Change, ChangedMachine
from machines.models.consumable import Consumable, StockCount, StockMovement, Supplier
from machines.models.dependency import Dependency
from machines.models.device import Device, DeviceToken, HeardTopic, Lost, Meter
from machines.models.device_log import DeviceEvent, MeterMark, Run
from machines.models.document import Document
from machines.models.draft import ColumnMapping, ImportDraft
from machines.models.fault import Fault
from machines.models.fault_log import FaultEntry, FaultPhoto
from machines.models.followed import (
    FollowedCalendar,
    FollowedDate,
    FollowedRemark,
    Settings,
)
from machines.models.machine import Category, Machine, Pool, Spec
from machines.models.maintenance import (
    Counter,
    CounterReading,
    MaintenanceJob,
    MaintenancePlan,
)
from machines.models.measure import Measure
from machines.models.photo import Photo
from machines.models.stocktake import Count, Stocktake
from machines.models.stoppage import Stoppage

__all__ = [
    "AvailabilityCalendar",
    "Category",
    "Change",
    "ChangedMachine",
    "ColumnMapping",
    "Consumable",
    "Count",
    "Counter",
    "CounterReading",
    "Dependency",
    "Device",
    "DeviceEvent",
    "DeviceToken",
    "DirtyDay",
    "Document",
    "Fault",
    "FaultEntry",
    "FaultPhoto",
    "FollowedCalendar",
    "FollowedDate",
    "FollowedRemark",
    "HeardTopic",
    "ImportDraft",
    "Lost",
    "Machine",
    "MaintenanceJob",
    "MaintenancePlan",
    "Measure",
    "Meter",
    "MeterMark",
    "Photo",
    "Pool",
    "Run",
    "Settings",
    "Spec",
    "StockCount",
    "StockMovement",
    "Stocktake",
    "Stoppage",
    "Supplier",
]
