"""Series: many dates of one machine or pool, judged together and kept as a row each.

The wall times live in an event of django-scheduler; `machines.recurrence` expands it.
"""

from booking.services.series.cancelling import cancel_all, cancel_from
from booking.services.series.dates import DateVerdict, Made, SeriesConflict, may_change
from booking.services.series.deciding import approve_all, deny_all
from booking.services.series.horizon import HorizonReport, fill_gaps, materialise
from booking.services.series.making import extend, preview, preview_extension, reserve_series
from booking.services.series.moving import move_from, move_occurrence, preview_move

__all__ = [
    "DateVerdict",
    "HorizonReport",
    "Made",
    "SeriesConflict",
    "approve_all",
    "cancel_all",
    "cancel_from",
    "deny_all",
    "extend",
    "fill_gaps",
    "materialise",
    "may_change",
    "move_from",
    "move_occurrence",
    "preview",
    "preview_extension",
    "preview_move",
    "reserve_series",
]
