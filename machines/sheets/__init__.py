"""Reading inventories as they are: pure, from bytes to rows, nothing written."""

from machines.sheets.decoding import SheetUnreadable
from machines.sheets.reading import read_inventory
from machines.sheets.rows import Problem, Record, Row, Sheet, Skipped

__all__ = ["Problem", "Record", "Row", "Sheet", "SheetUnreadable", "Skipped", "read_inventory"]
